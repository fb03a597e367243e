import { HistoryEntries } from './history_entries';
import { leaving } from './leaving.svelte';
import { withQuery } from './router';

/** Where the browser is. Links are plain links; clicks on them do not load the page anew. */
export class Navigation {
    path = $state(location.pathname);
    search = $state(location.search);
    readonly query = $derived(new URLSearchParams(this.search));
    #entries = new HistoryEntries();
    #agreed = false;

    constructor() {
        addEventListener('popstate', () => this.#onStep());
        document.addEventListener('click', (event) => this.#onClick(event));
    }

    /** Asks first where edits would be lost; a redirect ('replace') is no step of the reader's and does not ask. */
    go(url: string, how: 'push' | 'replace' = 'push'): void {
        if (how === 'replace' || new URL(url, location.href).pathname === this.path) this.#show(url, how);
        else leaving.ask(() => this.#show(url, how));
    }

    /** Changes the query of the page that is shown. */
    setQuery(changes: Readonly<Record<string, string | null>>, how: 'push' | 'replace' = 'push'): void {
        this.go(this.path + withQuery(this.search, changes), how);
    }

    #show(url: string, how: 'push' | 'replace'): void {
        this.#entries[how](url);
        this.#read();
    }

    #read(): void {
        this.path = location.pathname;
        this.search = location.search;
    }

    /** Back or forward: the browser is there already. */
    #onStep(): void {
        const steps = this.#entries.stepped;
        if (steps !== 0 && location.pathname !== this.path && !this.#agreed && leaving.unsaved) {
            history.go(-steps);
            leaving.ask(() => {
                this.#agreed = true;
                history.go(steps);
            });
            return;
        }
        this.#agreed = false;
        this.#entries.arrive();
        this.#read();
    }

    #onClick(event: MouseEvent): void {
        if (event.defaultPrevented || event.button !== 0) return;
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        const anchor = event.target instanceof Element ? event.target.closest('a') : null;
        if (!anchor || anchor.target !== '' || anchor.hasAttribute('download')) return;
        const url = new URL(anchor.href, location.href);
        if (url.origin !== location.origin || (url.hash !== '' && url.pathname === location.pathname)) return;
        event.preventDefault();
        this.go(url.pathname + url.search);
    }
}

export const navigation = new Navigation();
