import type { Answered, Client } from './client';
import type {
    Account, Answer, Consent, Customer, Decision, Engagement, Job, Key, ModelDetail, NewEvent, Overview,
    Pipeline, Product, Query, Recommendations, Replay, Role, Scope, Session, Setting, SettingValue,
    SupposedEvent, WhatIf, WhyNot,
} from './types';

const part = encodeURIComponent;
type Page = { limit?: number; cursor?: string };

/** Every call that the pages make, typed by api/openapi.yaml. */
export function attuneApi(client: Client) {
    const merge = <T>(path: string, body: unknown, ifMatch?: string) =>
        client.request<T>('PATCH', path, { body, ifMatch, contentType: 'application/merge-patch+json' });
    const remove = (path: string) => client.request<unknown>('DELETE', path);

    return {
        overview: (signal?: AbortSignal) => client.get<Overview>('/api/overview', {}, signal),

        password: (current_password: string, new_password: string) =>
            client.post<void>('/api/auth/password', { current_password, new_password }),

        users: {
            list: (query: Query<'listUsers'>, signal?: AbortSignal) =>
                client.get<Answer<'listUsers'>>('/api/users', query, signal),
            get: (id: string, signal?: AbortSignal): Promise<Answered<Customer>> =>
                client.request('GET', `/api/users/${part(id)}`, { signal }),
            create: (customer: object) => client.post<{ user: Customer }>('/api/users', customer),
            patch: (id: string, patch: object, etag?: string) => merge<unknown>(`/api/users/${part(id)}`, patch, etag),
            remove: (id: string) => remove(`/api/users/${part(id)}`),
            events: (id: string, query: Page, signal?: AbortSignal) =>
                client.get<Answer<'listUserEvents'>>(`/api/users/${part(id)}/events`, query, signal),
            transactions: (id: string, query: Page, signal?: AbortSignal) =>
                client.get<Answer<'listUserTransactions'>>(`/api/users/${part(id)}/transactions`, query, signal),
            posts: (id: string, query: Page, signal?: AbortSignal) =>
                client.get<Answer<'listUserPosts'>>(`/api/users/${part(id)}/posts`, query, signal),
            consents: (id: string, signal?: AbortSignal) =>
                client.get<Answer<'listUserConsents'>>(`/api/users/${part(id)}/consents`, {}, signal),
            consent: (id: string, purpose: string, granted: boolean, source: string) =>
                client.post<Consent>(`/api/users/${part(id)}/consents`, { purpose, granted, source }),
            household: (id: string, signal?: AbortSignal) =>
                client.get<Answer<'listUserHousehold'>>(`/api/users/${part(id)}/household`, {}, signal),
            engagement: (id: string, signal?: AbortSignal) =>
                client.get<Engagement>(`/api/users/${part(id)}/engagement`, {}, signal),
            decisions: (id: string, query: Page, signal?: AbortSignal) =>
                client.get<Answer<'listUserDecisions'>>(`/api/users/${part(id)}/decisions`, query, signal),
            pipeline: (id: string, query: Query<'tracePipeline'>, signal?: AbortSignal) =>
                client.get<Pipeline>(`/api/users/${part(id)}/pipeline`, query, signal),
            whatIf: (id: string, changes: object, events: SupposedEvent[], n: number, signal?: AbortSignal) =>
                client.post<WhatIf>(`/api/users/${part(id)}/what-if`, { changes, events, n, explain: true }, signal),
            whyNot: (id: string, product_id: string, signal?: AbortSignal) =>
                client.get<WhyNot>(`/api/users/${part(id)}/why-not`, { product_id }, signal),
        },

        products: {
            list: (query: Query<'listProducts'>, signal?: AbortSignal) =>
                client.get<Answer<'listProducts'>>('/api/products', query, signal),
            get: (id: string, signal?: AbortSignal): Promise<Answered<Product>> =>
                client.request('GET', `/api/products/${part(id)}`, { signal }),
            patch: (id: string, patch: object, etag?: string) => merge<unknown>(`/api/products/${part(id)}`, patch, etag),
        },

        recommend: (user_id: string, n: number, signal?: AbortSignal) =>
            client.get<Recommendations>('/api/recommend', { user_id, n, explain: true }, signal),
        event: (event: NewEvent) => client.post<{ accepted: number }>('/api/events', event),
        feedback: (user_id: string, product_id: string, action: 'accept' | 'dismiss' | 'click' | 'like', decision_id: string) =>
            client.post<{ event_id: string }>('/api/feedback', { user_id, product_id, action, decision_id }),
        decision: (id: string, signal?: AbortSignal) => client.get<Decision>(`/api/decisions/${part(id)}`, {}, signal),
        replay: (id: string) => client.get<Replay>(`/api/decisions/${part(id)}/replay`),

        models: {
            list: (signal?: AbortSignal) => client.get<Answer<'listModels'>>('/api/models', {}, signal),
            get: (version: string, signal?: AbortSignal) =>
                client.get<ModelDetail>(`/api/models/${part(version)}`, {}, signal),
            train: (options: { models?: string[]; tune?: boolean; seed?: number }) =>
                client.post<{ job: Job }>('/api/models/train', options),
            activate: (version: string) => client.post<{ message: string }>(`/api/models/${part(version)}/activate`),
            remove: (version: string) => remove(`/api/models/${part(version)}`),
        },

        jobs: {
            list: (query: Page, signal?: AbortSignal) => client.get<Answer<'listJobs'>>('/api/jobs', query, signal),
            get: (id: string, signal?: AbortSignal) => client.get<Job>(`/api/jobs/${part(id)}`, {}, signal),
            start: (kind: 'recommend_all' | 'backup', n?: number) =>
                client.post<{ job: Job }>('/api/jobs', { kind, ...(n === undefined ? {} : { n }) }),
            cancel: (id: string) => client.post<{ job: Job }>(`/api/jobs/${part(id)}/cancel`),
            /** Puts what the backup wrote in the place of the data. */
            restore: (id: string, dropReplaced: boolean) =>
                client.post<{ job: Job }>(`/api/jobs/${part(id)}/restore`, { drop_replaced: dropReplaced }),
        },

        settings: {
            list: (signal?: AbortSignal) => client.get<{ settings: Setting[] }>('/api/settings', {}, signal),
            /** null takes a change back. */
            change: async (changes: Record<string, SettingValue | null>) =>
                (await client.request<{ settings: Setting[]; restart_needed?: string[] }>('PATCH', '/api/settings', {
                    body: changes,
                })).data,
        },

        accounts: {
            list: (query: Page, signal?: AbortSignal) =>
                client.get<Answer<'listAccounts'>>('/api/accounts', query, signal),
            create: (account: { name: string; display_name: string; role: Role }) =>
                client.post<{ account: Account; one_time_password: string }>('/api/accounts', account),
            change: async (name: string, changes: object) =>
                (await client.request<{ account: Account; one_time_password?: string }>(
                    'PATCH', `/api/accounts/${part(name)}`, { body: changes },
                )).data,
            remove: (name: string) => remove(`/api/accounts/${part(name)}`),
            /** All of them, however many pages that takes. */
            customers: async (name: string, signal?: AbortSignal): Promise<string[]> => {
                const ids: string[] = [];
                let cursor: string | null | undefined;
                do {
                    const page: Answer<'getAssignment'> = await client.get(
                        `/api/accounts/${part(name)}/customers`, { limit: 500, cursor }, signal,
                    );
                    ids.push(...page.customer_ids);
                    cursor = page.next_cursor;
                } while (cursor !== null);
                return ids;
            },
            assign: (name: string, customer_ids: string[]) =>
                client.request<unknown>('PUT', `/api/accounts/${part(name)}/customers`, { body: { customer_ids } }),
        },

        keys: {
            list: (query: Page, signal?: AbortSignal) => client.get<Answer<'listKeys'>>('/api/keys', query, signal),
            create: (key: { name: string; scopes: Scope[]; expires_at?: string }) =>
                client.post<{ key: Key; secret: string }>('/api/keys', key),
            revoke: (id: string) => remove(`/api/keys/${part(id)}`),
        },

        me: () => client.get<Session>('/api/auth/me'),
    };
}
