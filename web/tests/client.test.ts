import { describe, expect, it, vi } from 'vitest';

import { Client, urlOf } from '../src/api/client';
import { Problem } from '../src/api/problem';

type Call = { url: string; init: RequestInit };

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
    const type = status >= 400 ? 'application/problem+json' : 'application/json';
    return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type, ...headers } });
}

function problem(status: number, more: object = {}) {
    return json(status, { type: 'about:blank', title: 't', status, detail: 'age is -1', instance: 'req-7', code: 'invalid_argument', ...more });
}

/** A client whose server gives the answers in turn. */
function clientWith(answers: (Response | Error)[], renew: () => Promise<boolean> = async () => false) {
    const calls: Call[] = [];
    const onSignedOut = vi.fn();
    let key = 0;
    const client = new Client({
        fetch: async (url, init) => {
            calls.push({ url: String(url), init: init ?? {} });
            const answer = answers.shift();
            if (answer === undefined) throw new Error('one request too many');
            if (answer instanceof Error) throw answer;
            return answer;
        },
        csrfToken: () => 'the-token',
        renew,
        onSignedOut,
        resumed: () => null,
        newKey: () => `key-${++key}`,
    });
    const header = (call: number, name: string) => (calls[call]?.init.headers as Record<string, string>)[name];
    return { client, calls, header, onSignedOut };
}

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
    const reason: unknown = await promise.then(() => null, (error: unknown) => error);
    expect(reason).toBeInstanceOf(Problem);
    return reason as Problem;
}

describe('urlOf', () => {
    it('leaves out what is not set and repeats lists', () => {
        expect(urlOf('/api/users', { q: '', kind: undefined, limit: 5 })).toBe('/api/users?limit=5');
        expect(urlOf('/api/recommend', { brand: ['a b', 'c&d'] })).toBe('/api/recommend?brand=a+b&brand=c%26d');
        expect(urlOf('/api/users', {})).toBe('/api/users');
    });
});

describe('requests', () => {
    it('carry the CSRF token where they change something, and only there', async () => {
        const { client, header } = clientWith([json(200, {}), json(200, {}), new Response(null, { status: 204 })]);
        await client.get('/api/users');
        await client.post('/api/events', {});
        await client.request('DELETE', '/api/users/1');
        expect(header(0, 'X-CSRF-Token')).toBeUndefined();
        expect(header(1, 'X-CSRF-Token')).toBe('the-token');
        expect(header(2, 'X-CSRF-Token')).toBe('the-token');
    });

    it('carry an idempotency key where they are a POST', async () => {
        const { client, header } = clientWith([json(200, {}), json(200, {}), json(200, {})]);
        await client.post('/api/events', {});
        await client.post('/api/events', {});
        await client.request('PATCH', '/api/users/1', { body: {} });
        expect(header(0, 'Idempotency-Key')).toBe('key-1');
        expect(header(1, 'Idempotency-Key')).toBe('key-2');
        expect(header(2, 'Idempotency-Key')).toBeUndefined();
    });

    it('say which version they change, and give back that of the answer', async () => {
        const { client, header } = clientWith([json(200, {}, { ETag: '"2"' })]);
        const answer = await client.request('PATCH', '/api/users/1', { body: {}, ifMatch: '"1"' });
        expect(header(0, 'If-Match')).toBe('"1"');
        expect(answer.etag).toBe('"2"');
    });
});

describe('a session that has run out', () => {
    it('is renewed, and the request repeated with the same key', async () => {
        const { client, calls, header, onSignedOut } = clientWith([problem(401), json(200, { done: true })], async () => true);
        expect(await client.post('/api/events', { a: 1 })).toEqual({ done: true });
        expect(calls).toHaveLength(2);
        expect(header(1, 'Idempotency-Key')).toBe(header(0, 'Idempotency-Key'));
        expect(onSignedOut).not.toHaveBeenCalled();
    });

    it('is renewed once for several requests', async () => {
        const renew = vi.fn(() => new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 5)));
        const { client } = clientWith([problem(401), problem(401), json(200, 1), json(200, 2)], renew);
        await Promise.all([client.get('/api/a'), client.get('/api/b')]);
        expect(renew).toHaveBeenCalledTimes(1);
    });

    it('that cannot be renewed signs out', async () => {
        const { client, calls, onSignedOut } = clientWith([problem(401)]);
        expect((await problemOf(client.get('/api/users'))).status).toBe(401);
        expect(calls).toHaveLength(1);
        expect(onSignedOut).toHaveBeenCalledTimes(1);
    });

    it('is no matter of a wrong password', async () => {
        const renew = vi.fn(async () => true);
        const { client, onSignedOut } = clientWith([problem(401)], renew);
        await problemOf(client.post('/api/auth/sign-in', {}));
        expect(renew).not.toHaveBeenCalled();
        expect(onSignedOut).not.toHaveBeenCalled();
    });
});

describe('errors', () => {
    it('are problem details with the field at fault', async () => {
        const { client } = clientWith([problem(422, { field: 'age', errors: [{ field: 'name', message: 'too long' }] })]);
        const found = await problemOf(client.post('/api/users', {}));
        expect(found).toMatchObject({ status: 422, code: 'invalid_argument', requestId: 'req-7', message: 'Age is -1.' });
        expect(found.of('age')).toBe('Age is -1.');
        expect(found.of('name')).toBe('too long');
        expect(found.of('id')).toBeUndefined();
    });

    it('of a clash of changes are told in words of this page', async () => {
        const { client } = clientWith([problem(412, { detail: 'etag "1" is not "2"' })]);
        expect((await problemOf(client.request('PATCH', '/api/users/1', { body: {} }))).message).toMatch(/^Somebody else changed this/);
    });

    it('say when to try again', async () => {
        const { client } = clientWith([new Response('', { status: 429, headers: { 'Retry-After': '30' } })]);
        const found = await problemOf(client.get('/api/users'));
        expect(found.retryAfterSeconds).toBe(30);
        expect(found.message).toBe('Too many requests. Please wait a moment.');
    });

    it('of proxies need no JSON', async () => {
        const { client } = clientWith([new Response('<h1>Bad gateway</h1>', { status: 502 })]);
        expect((await problemOf(client.get('/api/users'))).message).toBe('The server answered with an error (502).');
    });

    it('of the network say so', async () => {
        const { client } = clientWith([new TypeError('failed to fetch')]);
        expect(await problemOf(client.get('/api/users'))).toMatchObject({ status: 0, code: 'unreachable' });
    });

    it('do not cover up that a request was stopped', async () => {
        const { client } = clientWith([new DOMException('stopped', 'AbortError')]);
        await expect(client.get('/api/users')).rejects.toMatchObject({ name: 'AbortError' });
    });

    it('include answers that are no JSON', async () => {
        const { client } = clientWith([new Response('<html>', { status: 200 })]);
        expect((await problemOf(client.get('/api/users'))).code).toBe('not_json');
    });
});
