import { Problem, problemFrom, problemOf, unreachable } from './problem';

export type QueryValue = string | number | boolean | readonly string[] | null | undefined;
export type QueryValues = object;

export interface RequestOptions {
    query?: QueryValues | undefined;
    body?: unknown;
    contentType?: string;
    /** The ETag that must still be the current one. */
    ifMatch?: string | undefined;
    signal?: AbortSignal | undefined;
}

export interface Answered<T> {
    data: T;
    etag: string | undefined;
}

export interface ClientParts {
    fetch: typeof fetch;
    /** The token that proves that a change comes from this page. */
    csrfToken: () => string;
    /** Renews the session; false when it is over. Called once for any number of failed requests. */
    renew: () => Promise<boolean>;
    /** The session is over. */
    onSignedOut: () => void;
    /** Null where nobody is waited for; else tells, once somebody has signed in, whether the same account has. */
    resumed: () => Promise<boolean> | null;
    newKey: () => string;
}

/** "/api/users?q=a&brand=x&brand=y"; what is not set is left out. */
export function urlOf(path: string, query: QueryValues = {}): string {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query) as [string, QueryValue][]) {
        if (value === undefined || value === null || value === '') continue;
        if (Array.isArray(value)) value.forEach((one: string) => parameters.append(name, one));
        else parameters.set(name, String(value));
    }
    const text = parameters.toString();
    return text === '' ? path : `${path}?${text}`;
}

/**
 * Calls the API of the host the page comes from.
 *
 * Requests that change something carry the CSRF token; POSTs carry one Idempotency-Key through all
 * attempts, so that repeating one after a renewed session does nothing twice. While the sign-in
 * covers pages whose session is over, their requests wait for it.
 */
export class Client {
    #renewing: Promise<boolean> | null = null;

    constructor(private readonly parts: ClientParts) {}

    async get<T>(path: string, query?: QueryValues, signal?: AbortSignal): Promise<T> {
        return (await this.request<T>('GET', path, { query, signal })).data;
    }

    async post<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
        return (await this.request<T>('POST', path, { body, signal })).data;
    }

    /** @throws Problem */
    async request<T>(method: string, path: string, options: RequestOptions = {}): Promise<Answered<T>> {
        const key = method === 'POST' ? this.parts.newKey() : undefined;
        const waits = !path.startsWith('/api/auth/');
        if (waits && (await this.parts.resumed()) === false) throw problemFrom(401, null, new Headers());
        let response = await this.#send(method, path, options, key);
        if (response.status === 401 && !path.startsWith('/api/auth/sign-in')) {
            if (await this.renew()) response = await this.#send(method, path, options, key);
            if (response.status === 401) {
                this.parts.onSignedOut();
                if (waits && (await this.parts.resumed())) response = await this.#send(method, path, options, key);
            }
        }
        if (!response.ok) throw await problemOf(response);
        const etag = response.headers.get('ETag') ?? undefined;
        const data = response.status === 204 ? undefined : await readJson(response);
        return { data: data as T, etag };
    }

    /** Renews the session once, however many ask for it at the same time. */
    renew(): Promise<boolean> {
        this.#renewing ??= this.parts.renew().finally(() => {
            this.#renewing = null;
        });
        return this.#renewing;
    }

    async #send(method: string, path: string, options: RequestOptions, key: string | undefined): Promise<Response> {
        const headers: Record<string, string> = { Accept: 'application/json' };
        if (options.body !== undefined) headers['Content-Type'] = options.contentType ?? 'application/json';
        if (options.ifMatch !== undefined) headers['If-Match'] = options.ifMatch;
        if (method !== 'GET') headers['X-CSRF-Token'] = this.parts.csrfToken();
        if (key !== undefined) headers['Idempotency-Key'] = key;
        const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-cache' };
        if (options.body !== undefined) init.body = JSON.stringify(options.body);
        if (options.signal) init.signal = options.signal;
        try {
            return await this.parts.fetch(urlOf(path, options.query), init);
        } catch (reason) {
            if (reason instanceof DOMException && reason.name === 'AbortError') throw reason;
            throw unreachable();
        }
    }
}

async function readJson(response: Response): Promise<unknown> {
    try {
        return await response.json();
    } catch {
        throw new Problem(response.status, 'not_json', 'The server sent an answer that cannot be read.');
    }
}
