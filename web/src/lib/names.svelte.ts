import { SvelteMap } from 'svelte/reactivity';

import { api, session } from './session.svelte';

/** Names of products that lists know by id only; each is asked for once. */
class ProductNames {
    #names = new SvelteMap<string, string>();
    #asked = new Set<string>();

    /** The name, or the id until it is known. */
    of(id: string): string {
        if (!this.#asked.has(id) && session.can('products:read')) {
            this.#asked.add(id);
            api.products.get(id).then(
                ({ data }) => this.#names.set(id, data.name),
                () => {
                    // The id says enough.
                },
            );
        }
        return this.#names.get(id) ?? id;
    }
}

export const productNames = new ProductNames();
