import { afterEach, describe, expect, it, vi } from 'vitest';

import { leaving } from '../src/lib/leaving.svelte';
import { Navigation } from '../src/lib/navigation.svelte';

// The application's own is made with its module.
vi.hoisted(() => {
    vi.stubGlobal('location', {});
    vi.stubGlobal('history', { replaceState: () => {} });
    vi.stubGlobal('addEventListener', () => {});
    vi.stubGlobal('document', { addEventListener: () => {} });
    vi.stubGlobal('scrollY', 0);
});
vi.mock('../src/lib/scroll_back', () => ({ scrollBack: () => () => {} }));

type Listener = (event: unknown) => void;

/** A browser's history and address, as far as the navigation uses them. */
function browser(start: string) {
    const listeners: Record<string, Listener[]> = {};
    const listen = (name: string, listener: Listener) => (listeners[name] ??= []).push(listener);
    const entries: { url: string; state: unknown }[] = [{ url: start, state: null }];
    let at = 0;
    const here = () => new URL(entries[at]?.url ?? '/', 'http://host');
    const tell = (name: string, event: unknown = {}) => listeners[name]?.forEach((listener) => listener(event));
    const location = {
        get pathname() { return here().pathname; },
        get search() { return here().search; },
        get href() { return here().href; },
        get origin() { return here().origin; },
    };
    const history = {
        get state() { return entries[at]?.state; },
        pushState: (state: unknown, _: string, url: string) => { entries.splice(++at, Infinity, { url, state }); },
        replaceState: (state: unknown, _: string, url?: string) => { entries[at] = { url: url ?? here().href, state }; },
        go: (steps: number) => { at += steps; tell('popstate'); },
    };
    vi.stubGlobal('location', location);
    vi.stubGlobal('history', history);
    vi.stubGlobal('addEventListener', listen);
    vi.stubGlobal('document', { addEventListener: listen });
    return { history, tell, path: () => location.pathname };
}

function navigationAt(start: string) {
    const window = browser(start);
    return { ...window, navigation: new Navigation() };
}

let unguard = () => {};
afterEach(() => unguard());

/** Makes edits, which are unsaved until the end of the test. */
function edit() {
    unguard = leaving.guard(() => true);
}

/** Answers the question with yes. */
function agree() {
    const proceed = leaving.waiting;
    leaving.waiting = null;
    proceed?.();
}

describe('navigation', () => {
    it('goes, and steps back and forward', () => {
        const { navigation, history } = navigationAt('/a?q=1');
        navigation.go('/b');
        navigation.setQuery({ q: '2' });
        expect([navigation.path, navigation.search]).toEqual(['/b', '?q=2']);
        history.go(-2);
        expect([navigation.path, navigation.search]).toEqual(['/a', '?q=1']);
        history.go(1);
        expect(navigation.path).toBe('/b');
    });

    it('asks before edits are lost, and goes when that is agreed to', () => {
        const { navigation, path } = navigationAt('/a');
        edit();
        navigation.go('/b');
        expect([navigation.path, path()]).toEqual(['/a', '/a']);
        agree();
        expect([navigation.path, path()]).toEqual(['/b', '/b']);
        unguard();
        navigation.go('/c');
        expect([navigation.path, leaving.waiting]).toEqual(['/c', null]);
    });

    it('does not ask where nothing is lost', () => {
        const { navigation } = navigationAt('/a');
        let edited = false;
        unguard = leaving.guard(() => edited);
        navigation.go('/b');
        edited = true;
        navigation.setQuery({ q: '1' });
        navigation.go('/c', 'replace');
        expect([navigation.path, leaving.waiting]).toEqual(['/c', null]);
    });

    it('takes a step of the browser back, and repeats it when that is agreed to', () => {
        const { navigation, history, path } = navigationAt('/a');
        navigation.go('/b');
        navigation.go('/c');
        edit();
        history.go(-2);
        expect([navigation.path, path()]).toEqual(['/c', '/c']);
        agree();
        expect([navigation.path, path(), leaving.waiting]).toEqual(['/a', '/a', null]);
        // It was agreed to once.
        history.go(1);
        expect([navigation.path, path()]).toEqual(['/a', '/a']);
        expect(leaving.waiting).not.toBeNull();
        leaving.waiting = null;
    });
});
