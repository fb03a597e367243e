import { attuneApi } from '../api/attune';
import { Client } from '../api/client';
import { problemOf, toProblem, unreachable, type Problem } from '../api/problem';
import type { Scope, Session } from '../api/types';
import { cookieOf } from './cookie';
import { renewOnce } from './renewal';
import { hearTabs, tellTabs } from './tabs';

export type SessionState = 'starting' | 'signed-out' | 'signed-in' | 'unreachable';

/** Who is signed in, and the API as that account. */
export class CurrentSession {
    state = $state<SessionState>('starting');
    session = $state<Session | null>(null);
    readonly account = $derived(this.session?.account ?? null);
    /** Why it cannot be known who is signed in. */
    problem = $state.raw<Problem | null>(null);
    /** Where somebody signed out; null where the session ran out, or nobody was signed in. */
    ended = $state<'here' | 'elsewhere' | null>(null);
    /**
     * The account whose pages are open. They stay, with all that was typed, when the session runs out
     * or is ended in another tab: until somebody else signs in, or it is ended here.
     */
    opened = $state<string | null>(null);
    #leaving = false;
    #resumption: Resumption | null = null;

    readonly client = new Client({
        fetch: (input, init) => fetch(input, init),
        csrfToken: () => this.csrfToken(),
        renew: () => this.#renew(),
        onSignedOut: () => this.#over(this.#leaving ? 'here' : null),
        resumed: () => this.#resumption?.promise ?? null,
        newKey: () => newKey(),
    });
    readonly api = attuneApi(this.client);

    constructor() {
        hearTabs((news) => {
            if (news === 'signed-in') void this.start();
            else this.#over('elsewhere');
        });
    }

    can(scope: Scope): boolean {
        return this.account?.scopes.includes(scope) ?? false;
    }

    /** Advisers work with the customers they were given: they neither add nor remove any. */
    mayAddCustomers(): boolean {
        return this.can('customers:write') && this.account?.role !== 'adviser';
    }

    /** The cookie is the newest, also where another tab renewed the session. */
    csrfToken(): string {
        return cookieOf(document.cookie, 'attune_csrf') ?? this.session?.csrf_token ?? '';
    }

    async start(): Promise<void> {
        try {
            this.#take(await this.api.me());
        } catch (reason) {
            if (this.state !== 'starting') return;
            this.problem = toProblem(reason);
            // A server that is busy, or away, does not say that nobody is signed in.
            this.state = this.problem.status === 401 ? 'signed-out' : 'unreachable';
        }
    }

    /** @throws Problem */
    async signIn(name: string, password: string): Promise<void> {
        this.#take(await this.client.post<Session>('/api/auth/sign-in', { name, password }));
        tellTabs('signed-in');
    }

    /** @throws Problem */
    async changePassword(current: string, next: string): Promise<void> {
        await this.api.password(current, next);
        this.#take(await this.api.me());
        // A token of before the change may still say that it is due.
        if (this.account?.must_change_password) await this.client.renew();
        tellTabs('signed-in');
    }

    async signOut(): Promise<Problem | null> {
        this.#leaving = true;
        try {
            await this.client.post<void>('/api/auth/sign-out');
        } catch (reason) {
            const problem = toProblem(reason);
            if (problem.status !== 401) return problem;
        } finally {
            this.#leaving = false;
        }
        this.#over('here');
        tellTabs('signed-out');
        return null;
    }

    #take(session: Session): void {
        const { name, must_change_password } = session.account;
        const same = this.opened === name;
        this.session = session;
        this.state = 'signed-in';
        this.ended = null;
        if (!same) this.opened = must_change_password ? null : name;
        // With a one-time password nothing is answered yet.
        if (!same || !must_change_password) this.#resume(same);
    }

    #over(ended: 'here' | 'elsewhere' | null): void {
        // Who left on purpose is not told that the session ran out, by requests that were still under way.
        if (this.state !== 'signed-out') this.ended = ended;
        this.state = 'signed-out';
        if (ended === 'here') this.opened = null;
        if (this.opened !== null) {
            this.#resumption ??= resumption();
        } else {
            this.session = null;
            this.#resume(false);
        }
    }

    #resume(same: boolean): void {
        this.#resumption?.settle(same);
        this.#resumption = null;
    }

    #renew(): Promise<boolean> {
        return renewOnce(async () => {
            let response: Response;
            try {
                response = await fetch('/api/auth/refresh', { method: 'POST', credentials: 'same-origin' });
            } catch {
                throw unreachable();
            }
            if (response.status === 401) return false;
            if (!response.ok) throw await problemOf(response);
            this.#take((await response.json()) as Session);
            return true;
        });
    }
}

interface Resumption {
    promise: Promise<boolean>;
    settle: (same: boolean) => void;
}

function resumption(): Resumption {
    let settle: Resumption['settle'] = () => {};
    const promise = new Promise<boolean>((resolve) => (settle = resolve));
    return { promise, settle };
}

function newKey(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const session = new CurrentSession();
export const api = session.api;
