import { withQuery } from './router';

/** Where the browser is. Links are plain links; clicks on them do not load the page anew. */
class Navigation {
    path = $state(location.pathname);
    search = $state(location.search);
    readonly query = $derived(new URLSearchParams(this.search));

    constructor() {
        addEventListener('popstate', () => this.#read());
        document.addEventListener('click', (event) => this.#onClick(event));
    }

    go(url: string, how: 'push' | 'replace' = 'push'): void {
        if (how === 'push') history.pushState(null, '', url);
        else history.replaceState(null, '', url);
        this.#read();
    }

    /** Changes the query of the page that is shown. */
    setQuery(changes: Readonly<Record<string, string | null>>, how: 'push' | 'replace' = 'push'): void {
        this.go(this.path + withQuery(this.search, changes), how);
    }

    #read(): void {
        this.path = location.pathname;
        this.search = location.search;
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
