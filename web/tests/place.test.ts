import { describe, expect, it } from 'vitest';

import { LastPlaces, readPlace, top } from '../src/lib/place';

describe('a place in a page', () => {
    it('is read from the history as far as it is one', () => {
        expect(readPlace({ y: 480, cursors: ['', 'c1'] })).toEqual({ y: 480, cursors: ['', 'c1'] });
        expect(readPlace({ y: -3, cursors: ['c1', 7] })).toEqual({ y: 0, cursors: ['c1'] });
        for (const state of [null, undefined, 'x', 7, {}, { y: '480', cursors: 'c1' }]) expect(readPlace(state)).toEqual(top);
    });
});

describe('last places', () => {
    it('lead back to what was searched for, page and depth included', () => {
        const last = new LastPlaces();
        last.remember('/customers', '?q=anna', { y: 0, cursors: [] });
        last.remember('/customers', '?q=anna&cursor=c1', { y: 480, cursors: [''] });
        expect(last.urlOf('/customers')).toBe('/customers?q=anna&cursor=c1');
        expect(last.placeOf('/customers')).toEqual({ y: 480, cursors: [''] });
    });

    it('of lists that were not seen are their starts', () => {
        const last = new LastPlaces();
        last.remember('/customers', '?q=anna', top);
        expect(last.urlOf('/products')).toBe('/products');
        expect(last.placeOf('/products')).toEqual(top);
    });
});
