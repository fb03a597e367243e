/** Paths and what they show; knows no browser. */
export interface Route<Page> {
    /** "/customers/:id". */
    pattern: string;
    page: Page;
}

export interface Match<Page> {
    page: Page;
    parameters: Readonly<Record<string, string>>;
}

/** The first route that fits the path; null: none does. */
export function matchRoute<Page>(routes: readonly Route<Page>[], path: string): Match<Page> | null {
    const parts = segments(path);
    for (const route of routes) {
        const parameters = matchSegments(segments(route.pattern), parts);
        if (parameters) return { page: route.page, parameters };
    }
    return null;
}

function segments(path: string): string[] {
    return path.split('/').filter((segment) => segment !== '');
}

function matchSegments(pattern: string[], parts: string[]): Record<string, string> | null {
    if (pattern.length !== parts.length) return null;
    const parameters: Record<string, string> = {};
    for (const [i, expected] of pattern.entries()) {
        const part = parts[i] ?? '';
        if (expected.startsWith(':')) {
            const value = decode(part);
            if (value === null) return null;
            parameters[expected.slice(1)] = value;
        } else if (expected !== part) {
            return null;
        }
    }
    return parameters;
}

function decode(part: string): string | null {
    try {
        return decodeURIComponent(part);
    } catch {
        return null;
    }
}

/** Where to go after signing in: a path of this application and nothing else. */
export function safeReturnPath(path: string | null): string {
    if (path === null || !/^\/(?![/\\])/.test(path) || path.startsWith('/sign-in')) return '/';
    return path;
}

/** The query with changes; what becomes empty is taken out. */
export function withQuery(search: string, changes: Readonly<Record<string, string | null>>): string {
    const parameters = new URLSearchParams(search);
    for (const [name, value] of Object.entries(changes)) {
        if (value === null || value === '') parameters.delete(name);
        else parameters.set(name, value);
    }
    const text = parameters.toString();
    return text === '' ? '' : `?${text}`;
}
