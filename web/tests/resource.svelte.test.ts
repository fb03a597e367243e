import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';

import { Problem } from '../src/api/problem';
import { Resource, resource } from '../src/lib/resource.svelte';

/** Answers that are given by hand. */
function loads() {
    const asked: { page: number; signal: AbortSignal; answer: (text: string) => void; fail: (reason: unknown) => void }[] = [];
    const load = (signal: AbortSignal, page = 1) =>
        new Promise<string>((answer, fail) => asked.push({ page, signal, answer, fail }));
    return { asked, load };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

/** As in a component, which leaves by the second. */
function inComponent<T>(make: () => T): [T, () => void] {
    const held: T[] = [];
    const leave = $effect.root(() => void held.push(make()));
    flushSync();
    return [held[0] as T, leave];
}

describe('a resource', () => {
    it('keeps what was there while it loads anew, and takes the newest answer only', async () => {
        const { asked, load } = loads();
        const made = new Resource(load);
        void made.reload();
        asked[0]?.answer('first');
        await settled();
        expect(made.data).toBe('first');

        void made.reload();
        void made.reload();
        expect([made.data, made.loading, asked[1]?.signal.aborted]).toEqual(['first', true, true]);
        asked[2]?.answer('third');
        asked[1]?.answer('second');
        await settled();
        expect([made.data, made.loading]).toEqual(['third', false]);
    });

    it('that refreshes itself does so quietly', async () => {
        const { asked, load } = loads();
        const made = new Resource(load);
        void made.reload();
        expect(made.loading).toBe(true);
        // One that is under way already still ends.
        void made.reload('quietly');
        asked[1]?.answer('first');
        await settled();
        expect([made.data, made.loading]).toEqual(['first', false]);

        void made.reload('quietly');
        expect(made.loading).toBe(false);
        asked[2]?.answer('second');
        await settled();
        expect(made.data).toBe('second');
    });

    it('says what went wrong, but not of a request that was stopped', async () => {
        const { asked, load } = loads();
        const made = new Resource(load);
        void made.reload();
        asked[0]?.fail(new Problem(404, 'not_found', 'There is none.'));
        await settled();
        expect(made.problem?.message).toBe('There is none.');

        void made.reload();
        made.stop();
        asked[1]?.fail(new DOMException('stopped', 'AbortError'));
        await settled();
        expect(made.problem?.message).toBe('There is none.');
    });
});

describe('a resource of a thing', () => {
    it('forgets the data of one where another takes its place, and keeps them from page to page', async () => {
        const { asked, load } = loads();
        let id = $state('a');
        let page = $state(1);
        const [made, leave] = inComponent(() => resource((signal) => load(signal, page), () => id));
        asked[0]?.answer('funnel of a');
        await settled();

        page = 2;
        flushSync();
        expect(made.data).toBe('funnel of a');

        id = 'b';
        flushSync();
        expect([made.data, made.problem, made.loading]).toEqual([null, null, true]);
        expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
        expect(asked.map(({ page }) => page)).toEqual([1, 2, 2]);
        asked[2]?.answer('funnel of b');
        await settled();
        expect(made.data).toBe('funnel of b');

        leave();
        expect(asked[2]?.signal.aborted).toBe(true);
    });

    it('forgets what went wrong with another one', async () => {
        const { asked, load } = loads();
        let id = $state('a');
        const [made, leave] = inComponent(() => resource(load, () => id));
        asked[0]?.fail(new Problem(404, 'not_found', 'There is none.'));
        await settled();
        id = 'b';
        flushSync();
        expect(made.problem).toBeNull();
        leave();
    });
});
