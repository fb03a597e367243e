import { withQuery } from './router';

/** Where the browser is. Links are plain links; clicks on them do not load the page anew. */
export class Navigation {
    path = $state(location.pathname);
    search = $state(location.search);
    readonly query = $derived(new URLSearchParams(this.search));
    /** What waits for the answer whether edits that are not saved may be lost; null: nothing does. */
    waiting = $state.raw<(() => void) | null>(null);
    #guards = new Set<() => boolean>();
    /** Where the page stands in the browser's history: a step that has been taken can be taken back. */
    #position = positionOf(history.state) ?? 0;
    #agreed = false;

    constructor() {
        history.replaceState({ position: this.#position }, '');
        addEventListener('popstate', () => this.#onStep());
        addEventListener('beforeunload', (event) => {
            if (this.#unsaved()) event.preventDefault();
        });
        document.addEventListener('click', (event) => this.#onClick(event));
    }

    /** Asks first where edits would be lost; a redirect ('replace') is no step of the reader's and does not ask. */
    go(url: string, how: 'push' | 'replace' = 'push'): void {
        if (how === 'replace' || new URL(url, location.href).pathname === this.path) this.#show(url, how);
        else this.leave(() => this.#show(url, how));
    }

    /** Changes the query of the page that is shown. */
    setQuery(changes: Readonly<Record<string, string | null>>, how: 'push' | 'replace' = 'push'): void {
        this.go(this.path + withQuery(this.search, changes), how);
    }

    /** Before the page is left, people are asked for as long as `unsaved`; what it returns ends that. */
    guard(unsaved: () => boolean): () => void {
        this.#guards.add(unsaved);
        return () => this.#guards.delete(unsaved);
    }

    /** Runs `proceed`, which loses what is not saved; where there is such, once that is agreed to. */
    leave(proceed: () => void): void {
        if (this.#unsaved()) this.waiting = proceed;
        else proceed();
    }

    #unsaved(): boolean {
        return [...this.#guards].some((unsaved) => unsaved());
    }

    #show(url: string, how: 'push' | 'replace'): void {
        if (how === 'push') history.pushState({ position: ++this.#position }, '', url);
        else history.replaceState({ position: this.#position }, '', url);
        this.#read();
    }

    #read(): void {
        this.path = location.pathname;
        this.search = location.search;
    }

    /** Back or forward: the browser is there already. */
    #onStep(): void {
        const position = positionOf(history.state) ?? this.#position;
        const steps = position - this.#position;
        if (steps !== 0 && !this.#agreed && location.pathname !== this.path && this.#unsaved()) {
            history.go(-steps);
            this.waiting = () => {
                this.#agreed = true;
                history.go(steps);
            };
            return;
        }
        this.#agreed = false;
        this.#position = position;
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

function positionOf(state: unknown): number | null {
    const position = (state as { position?: unknown } | null)?.position;
    return typeof position === 'number' ? position : null;
}

export const navigation = new Navigation();
