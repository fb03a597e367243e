import { onDestroy } from 'svelte';

/**
 * Whether the component that asks for it is still shown when a request of its own is answered: who has
 * gone elsewhere meanwhile is not fetched back, and hears of a failure where they are.
 */
export function presence(): { readonly here: boolean } {
    const is = { here: true };
    onDestroy(() => (is.here = false));
    return is;
}
