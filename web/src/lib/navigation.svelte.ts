import { LastPlaces, readPlace, top, type Place } from './place';
import { withQuery } from './router';
import { scrollBack } from './scroll_back';

/** Browsers refuse to note more than about three places a second. */
const noteMs = 400;

/** Where the browser is. Links are plain links; clicks on them do not load the page anew. */
class Navigation {
    path = $state(location.pathname);
    search = $state(location.search);
    readonly query = $derived(new URLSearchParams(this.search));
    /** Cursors of the pages before the one that is shown, as far as one came by them. */
    cursors = $state.raw<readonly string[]>([]);
    #last = new LastPlaces();
    #stopScrolling: (() => void) | null = null;
    #noting: ReturnType<typeof setTimeout> | undefined;

    constructor() {
        // The browser would scroll before the page has its length.
        history.scrollRestoration = 'manual';
        addEventListener('popstate', () => this.#return());
        addEventListener('scroll', () => this.#noteSoon(), { passive: true });
        document.addEventListener('click', (event) => this.#onClick(event));
        this.#return();
    }

    /** Being scrolled to where one was: a page that opens does not begin at its top then. */
    get returning(): boolean {
        return this.#stopScrolling !== null;
    }

    go(url: string, how: 'push' | 'replace' = 'push', place: Place = top): void {
        if (how === 'push') {
            this.#note();
            history.pushState(place, '', url);
        } else {
            history.replaceState(place, '', url);
        }
        this.#read();
    }

    /** Changes the query of the page that is shown. */
    setQuery(changes: Readonly<Record<string, string | null>>, how: 'push' | 'replace' = 'push', cursors: readonly string[] = []): void {
        this.go(this.path + withQuery(this.search, changes), how, { y: scrollY, cursors });
    }

    /** The address of a list with what was last searched for in it. Links to it with `data-return` lead to where one was. */
    lastUrlOf(path: string): string {
        return this.#last.urlOf(path);
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
        if (this.returning) return;
        const place = { y: scrollY, cursors: this.cursors };
        history.replaceState(place, '');
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
        const back = anchor.hasAttribute('data-return');
        this.go(url.pathname + url.search, 'push', back ? this.#last.placeOf(url.pathname) : top);
        if (back) this.#return();
    }
}

export const navigation = new Navigation();
