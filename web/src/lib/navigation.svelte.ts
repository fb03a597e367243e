import { HistoryEntries } from './history_entries';
import { leaving } from './leaving.svelte';
import { LastPlaces, readPlace, top, type Place } from './place';
import { withQuery } from './router';
import { scrollBack } from './scroll_back';

/** Browsers refuse to note more than about three places a second. */
const noteMs = 400;

/** Where the browser is. Links are plain links; clicks on them do not load the page anew. */
export class Navigation {
    path = $state(location.pathname);
    search = $state(location.search);
    readonly query = $derived(new URLSearchParams(this.search));
    /** Cursors of the pages before the one that is shown, as far as one came by them. */
    cursors = $state.raw<readonly string[]>([]);
    #last = new LastPlaces();
    #entries = new HistoryEntries();
    #agreed = false;
    #stopScrolling: (() => void) | null = null;
    #noting: ReturnType<typeof setTimeout> | undefined;

    constructor() {
        // The browser would scroll before the page has its length.
        history.scrollRestoration = 'manual';
        addEventListener('popstate', () => this.#onStep());
        addEventListener('scroll', () => this.#noteSoon(), { passive: true });
        document.addEventListener('click', (event) => this.#onClick(event));
        this.#return();
    }

    /** Being scrolled to where one was: a page that opens does not begin at its top then. */
    get returning(): boolean {
        return this.#stopScrolling !== null;
    }

    /** Asks first where edits would be lost; a redirect ('replace') is no step of the reader's and does not ask. */
    go(url: string, how: 'push' | 'replace' = 'push', place: Place = top): void {
        const show = () => this.#show(url, how, place);
        if (how === 'replace') show();
        else this.#leaveFor(new URL(url, location.href).pathname, show);
    }

    /** Changes the query of the page that is shown. */
    setQuery(changes: Readonly<Record<string, string | null>>, how: 'push' | 'replace' = 'push', cursors: readonly string[] = []): void {
        this.go(this.path + withQuery(this.search, changes), how, { y: scrollY, cursors });
    }

    /** The address of a list with what was last searched for in it. Links to it with `data-return` lead to where one was. */
    lastUrlOf(path: string): string {
        return this.#last.urlOf(path);
    }

    #leaveFor(path: string, proceed: () => void): void {
        if (path === this.path) proceed();
        else leaving.ask(proceed);
    }

    #show(url: string, how: 'push' | 'replace', place: Place): void {
        if (how === 'push') this.#note();
        this.#entries[how](url, place);
        this.#read();
    }

    #read(): Place {
        clearTimeout(this.#noting);
        this.#stopScrolling?.();
        this.path = location.pathname;
        this.search = location.search;
        const place = readPlace(history.state);
        this.cursors = place.cursors;
        this.#last.remember(this.path, this.search, place);
        return place;
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
        this.#return();
    }

    #return(): void {
        const { y } = this.#read();
        this.#stopScrolling = scrollBack(y, () => (this.#stopScrolling = null));
    }

    #noteSoon(): void {
        clearTimeout(this.#noting);
        this.#noting = setTimeout(() => this.#note(), noteMs);
    }

    /** Keeps how far down one is, for coming back. */
    #note(): void {
        clearTimeout(this.#noting);
        if (this.returning || this.#entries.stepped !== 0) return;
        const place = { y: scrollY, cursors: this.cursors };
        this.#entries.replace(location.href, place);
        this.#last.remember(this.path, this.search, place);
    }

    #onClick(event: MouseEvent): void {
        if (event.defaultPrevented || event.button !== 0) return;
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        const anchor = event.target instanceof Element ? event.target.closest('a') : null;
        if (!anchor || anchor.target !== '' || anchor.hasAttribute('download')) return;
        const url = new URL(anchor.href, location.href);
        if (url.origin !== location.origin || (url.hash !== '' && url.pathname === location.pathname)) return;
        event.preventDefault();
        const address = url.pathname + url.search;
        if (!anchor.hasAttribute('data-return')) return this.go(address);
        this.#leaveFor(url.pathname, () => {
            this.#show(address, 'push', this.#last.placeOf(url.pathname));
            this.#return();
        });
    }
}

export const navigation = new Navigation();
