import { describe, expect, it } from 'vitest';

import { segment } from '../src/lib/links';
import { matchRoute, safeReturnPath, withQuery } from '../src/lib/router';

const routes = [
    { pattern: '/', page: 'start' },
    { pattern: '/customers', page: 'customers' },
    { pattern: '/customers/new', page: 'new' },
    { pattern: '/customers/:id', page: 'customer' },
    { pattern: '/customers/:id/:tab', page: 'tab' },
];

describe('matchRoute', () => {
    it('takes the first that fits', () => {
        expect(matchRoute(routes, '/')?.page).toBe('start');
        expect(matchRoute(routes, '/customers/new')?.page).toBe('new');
        expect(matchRoute(routes, '/customers/bm-1')).toEqual({ page: 'customer', parameters: { id: 'bm-1' } });
        expect(matchRoute(routes, '/customers/bm-1/timeline')?.parameters).toEqual({ id: 'bm-1', tab: 'timeline' });
    });

    it('does not mind a slash at the end', () => expect(matchRoute(routes, '/customers/')?.page).toBe('customers'));

    it('decodes ids', () => {
        expect(matchRoute(routes, `/customers/${encodeURIComponent('a/b ü')}`)?.parameters).toEqual({ id: 'a/b ü' });
    });

    it('gives back what links hold', () => {
        for (const id of ['a.b', '85123A', 'x/y?z#ü', '100%']) {
            const path = `/customers/${segment(id)}`;
            expect(path).not.toContain('.');
            expect(matchRoute(routes, new URL(path, 'http://host').pathname)?.parameters).toEqual({ id });
        }
    });

    it('finds nothing where nothing is', () => {
        expect(matchRoute(routes, '/elsewhere')).toBeNull();
        expect(matchRoute(routes, '/customers/a/b/c')).toBeNull();
        expect(matchRoute(routes, '/customers/%E0%A4')).toBeNull();
    });
});

describe('safeReturnPath', () => {
    it.each(['/customers/1?q=a', '/'])('keeps %s', (path) => expect(safeReturnPath(path)).toBe(path));
    it.each([null, '', 'https://elsewhere.example', '//elsewhere.example', '/\\elsewhere.example', 'javascript:x', '/sign-in?then=/'])(
        'goes to the start instead of %s',
        (path) => expect(safeReturnPath(path)).toBe('/'),
    );
});

describe('withQuery', () => {
    it('sets, replaces and takes out', () => {
        expect(withQuery('?q=a&cursor=x', { q: 'b', cursor: null })).toBe('?q=b');
        expect(withQuery('?q=a', { q: '' })).toBe('');
        expect(withQuery('', { q: 'ä b' })).toBe('?q=%C3%A4+b');
    });
});
