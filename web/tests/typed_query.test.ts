import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { TypedQuery } from '../src/lib/typed_query.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function field(start = '') {
    const state = { said: start, times: 0 };
    const query = new TypedQuery({ get: () => state.said, set: (value) => ((state.said = value), (state.times += 1)) });
    return { state, query };
}

describe('a search field', () => {
    it('keeps the space between two words while the first is searched for', () => {
        const { state, query } = field();
        query.type('anna ');
        expect(query.text).toBe('anna ');
        vi.runAllTimers();
        expect([query.text, state.said]).toEqual(['anna ', 'anna']);
        query.type('anna m');
        vi.runAllTimers();
        expect([query.text, state.said]).toEqual(['anna m', 'anna m']);
    });

    it('asks once for what is typed quickly', () => {
        const { state, query } = field('old');
        for (const text of ['a', 'ab', 'abc']) query.type(text);
        expect([query.text, state.said]).toEqual(['abc', 'old']);
        vi.runAllTimers();
        expect([state.said, state.times]).toEqual(['abc', 1]);
    });

    it('follows the address where that changes otherwise', () => {
        const { state, query } = field('old');
        query.type('new ');
        vi.runAllTimers();
        state.said = '';
        expect(query.text).toBe('');
    });

    it('says nothing any more when it is left', () => {
        const { state, query } = field();
        query.type('a');
        query.stop();
        vi.runAllTimers();
        expect(state.times).toBe(0);
    });
});
