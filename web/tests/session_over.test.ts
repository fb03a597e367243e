import { describe, expect, it, vi } from 'vitest';

import { CurrentSession } from '../src/lib/session.svelte';

vi.hoisted(() => {
    vi.stubGlobal('document', { cookie: '' });
    vi.stubGlobal('navigator', {});
    vi.stubGlobal('BroadcastChannel', undefined);
});

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

/** A server that knows whose session it is; '' for nobody's. */
function server() {
    const state = { account: '', mustChange: false, served: [] as string[] };
    const session = () => ({
        account: { name: state.account, display_name: '', role: 'analyst', must_change_password: state.mustChange, scopes: ['models:read'] },
        csrf_token: 'token', expires_at: '2026-07-04T00:00:00.000Z',
    });
    const answer = (url: string, init: RequestInit = {}): Response => {
        if (url === '/api/auth/sign-in') {
            state.account = (JSON.parse(String(init.body)) as { name: string }).name;
            return json(200, session());
        }
        if (state.account === '' || url === '/api/auth/refresh') return json(401, {});
        if (url === '/api/auth/me') return json(200, session());
        if (url === '/api/auth/sign-out') return new Response(null, { status: 204 });
        state.served.push(`${state.account} ${url}`);
        return json(200, {});
    };
    vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => answer(url, init));
    return state;
}

async function signedIn(name: string) {
    const state = server();
    const session = new CurrentSession();
    await session.signIn(name, 'secret');
    return { state, session };
}

/** Whether it has been answered by now; requests take a few turns. */
async function outcome(request: Promise<unknown>) {
    const waited = new Promise((resolve) => setTimeout(() => resolve('waiting'), 20));
    return Promise.race([request.then(() => 'answered', () => 'refused'), waited]);
}

describe('a session that runs out', () => {
    it('leaves the pages open, whose requests wait until the same account signs in', async () => {
        const { state, session } = await signedIn('alex');
        state.account = '';
        const [found, later] = [session.api.overview(), session.api.jobs.get('j')];
        expect(await outcome(found)).toBe('waiting');
        expect([session.state, session.opened, session.can('models:read')]).toEqual(['signed-out', 'alex', true]);
        await session.signIn('alex', 'secret');
        expect(await outcome(Promise.all([found, later]))).toBe('answered');
        expect([session.state, session.opened]).toEqual(['signed-in', 'alex']);
    });

    it('closes them when somebody else signs in, who makes none of their requests', async () => {
        const { state, session } = await signedIn('alex');
        state.account = '';
        const found = session.api.overview();
        expect(await outcome(found)).toBe('waiting');
        const later = session.api.users.patch('c', { age: 1 });
        await session.signIn('robin', 'secret');
        expect(await outcome(found)).toBe('refused');
        expect(await outcome(later)).toBe('refused');
        expect([session.opened, state.served]).toEqual(['robin', []]);
    });

    it('answers nothing before a one-time password is changed', async () => {
        const { state, session } = await signedIn('alex');
        state.account = '';
        const found = session.api.overview();
        expect(await outcome(found)).toBe('waiting');
        state.mustChange = true;
        await session.signIn('alex', 'one-time');
        expect(await outcome(found)).toBe('waiting');
        expect([session.state, session.opened]).toEqual(['signed-in', 'alex']);
        state.mustChange = false;
        await session.start();
        expect(await outcome(found)).toBe('answered');
    });
});

describe('signing out', () => {
    it('closes the pages', async () => {
        const { session } = await signedIn('alex');
        expect(await session.signOut()).toBeNull();
        expect([session.state, session.opened, session.account, session.ended]).toEqual(['signed-out', null, null, 'here']);
    });

    it('closes them too where the session is over already', async () => {
        const { state, session } = await signedIn('alex');
        state.account = '';
        expect(await session.signOut()).toBeNull();
        expect([session.state, session.opened, session.ended]).toEqual(['signed-out', null, 'here']);
    });

    it('leaves them open where it fails', async () => {
        const { session } = await signedIn('alex');
        vi.stubGlobal('fetch', async () => json(503, {}));
        expect((await session.signOut())?.status).toBe(503);
        expect([session.state, session.opened]).toEqual(['signed-in', 'alex']);
    });
});

describe('a first visit', () => {
    it('has no pages to keep', async () => {
        server();
        const session = new CurrentSession();
        await session.start();
        expect([session.state, session.opened]).toEqual(['signed-out', null]);
        expect(await outcome(session.api.overview())).toBe('refused');
    });
});
