import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '../src/lib/session.svelte';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
const refused = (status: number, detail: string) => answer(status, { title: 't', status, detail, code: 'c' });

// Listening to other tabs would keep the test from ending.
vi.hoisted(() => vi.stubGlobal('BroadcastChannel', undefined));

/** The session after it started against a server which answers so. */
async function start(fetch: () => Promise<Response>) {
    vi.stubGlobal('fetch', fetch);
    session.state = 'starting';
    session.problem = null;
    await session.start();
    return session;
}

beforeEach(() => {
    vi.stubGlobal('document', { cookie: '' });
    vi.stubGlobal('navigator', {});
});
afterEach(() => vi.unstubAllGlobals());

describe('a session that starts', () => {
    it('is of nobody where the server says so', async () => {
        expect((await start(async () => refused(401, 'sign in'))).state).toBe('signed-out');
    });

    it.each([[429, 'too many requests'], [500, 'it broke'], [503, 'the disk is full']])(
        'is not ended by an answer of %i, which is told',
        async (status, detail) => {
            const session = await start(async () => refused(status, detail));
            expect([session.state, session.problem?.status]).toEqual(['unreachable', status]);
            expect(session.problem?.message.toLowerCase()).toBe(`${detail}.`);
        },
    );

    it('waits for the server where none answers', async () => {
        const session = await start(async () => Promise.reject(new TypeError('no network')));
        expect([session.state, session.problem?.status]).toEqual(['unreachable', 0]);
    });
});
