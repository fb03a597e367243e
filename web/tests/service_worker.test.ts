import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

const code = readFileSync(new URL('../public/sw.js', import.meta.url), 'utf8');
const origin = 'https://attune.example';

interface FakeEvent {
    request: { url: string; method: string; mode: string };
    respondWith: (answer: Promise<Response>) => void;
    waitUntil: (work: Promise<unknown>) => void;
}

/** The service worker with a cache in memory, which may be full, and a server that has these pages. */
function worker(pages: Record<string, string>) {
    const kept = new Map<string, string>();
    const writes: string[] = [];
    const state = { full: false, online: true };
    const pathOf = (request: string | { url: string }) => new URL(typeof request === 'string' ? request : request.url, origin).pathname;
    const fetch = async (request: string | { url: string }) => {
        const page = pages[pathOf(request)];
        if (!state.online || page === undefined) throw new TypeError('no network');
        return new Response(page);
    };
    const put = async (request: string | { url: string }, response: Response) => {
        if (state.full) throw new DOMException('full', 'QuotaExceededError');
        writes.push(pathOf(request));
        kept.set(pathOf(request), await response.text());
    };
    const match = async (request: string | { url: string }) => {
        const text = kept.get(pathOf(request));
        return text === undefined ? undefined : new Response(text);
    };
    const cache = {
        put,
        match,
        add: async (path: string) => put(path, await fetch(path)),
        keys: async () => [...kept.keys()].map((path) => ({ url: origin + path })),
        delete: async (request: { url: string }) => kept.delete(pathOf(request)),
    };
    const listeners: Record<string, (event: FakeEvent) => void> = {};
    const self = { addEventListener: (name: string, listener: (event: FakeEvent) => void) => (listeners[name] = listener) };
    new Function('self', 'caches', 'fetch', 'location', code)(self, { open: async () => cache, match }, fetch, { origin });

    /** What the page is answered, and when all is kept that is to be. */
    async function visit(path: string): Promise<string> {
        let answer: Promise<Response> | undefined;
        const work: Promise<unknown>[] = [];
        listeners['fetch']?.({
            request: { url: origin + path, method: 'GET', mode: path.startsWith('/assets/') ? 'no-cors' : 'navigate' },
            respondWith: (given) => (answer = given),
            waitUntil: (one) => work.push(one),
        });
        const text = await (await answer)?.text();
        await Promise.all(work);
        return text ?? 'not answered';
    }
    return { visit, kept, writes, state };
}

const page = (asset: string) => `<script src="/assets/${asset}.js"></script>`;

describe('the service worker', () => {
    it('gives what the server answers, also where it cannot be kept', async () => {
        const { visit, kept, state } = worker({ '/customers': page('new'), '/assets/new.js': 'new' });
        kept.set('/', page('old'));
        state.full = true;
        expect(await visit('/customers')).toBe(page('new'));
        expect(await visit('/assets/new.js')).toBe('new');
        expect(kept.get('/')).toBe(page('old'));
    });

    it('writes the page after what it names, and then drops what belonged to the old one', async () => {
        const { visit, kept, writes, state } = worker({ '/customers': page('new'), '/assets/new.js': 'new' });
        kept.set('/', page('old')).set('/assets/old.js', 'old');
        await visit('/customers');
        expect(writes).toEqual(['/assets/new.js', '/']);
        expect([...kept.keys()].sort()).toEqual(['/', '/assets/new.js']);

        state.online = false;
        expect(await visit('/models')).toBe(page('new'));
        expect(await visit('/assets/new.js')).toBe('new');
    });

    it('leaves the API alone', async () => {
        const { visit } = worker({ '/api/overview': '{}' });
        expect(await visit('/api/overview')).toBe('not answered');
    });
});
