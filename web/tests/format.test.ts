import { describe, expect, it } from 'vitest';

import { priceWords } from '../src/lib/event_price';
import { formatter, readNumber } from '../src/lib/format';

const de = formatter('de-DE', 'UTC');
const us = formatter('en-US', 'UTC');
/** Intl writes no-break spaces of several kinds. */
const spaced = (text: string) => text.replace(/\s/g, ' ');

describe('numbers', () => {
    it('are written as the locale does', () => {
        expect(de.number(1234567.891)).toBe('1.234.567,89');
        expect(us.number(1234567.891)).toBe('1,234,567.89');
        expect(us.count(45211)).toBe('45,211');
    });

    it('that are unknown are a dash', () => {
        for (const unknown of [null, undefined, Number.NaN]) expect(us.number(unknown)).toBe('–');
        expect(us.percent(null)).toBe('–');
        expect(us.money(null)).toBe('–');
        expect(us.time('')).toBe('–');
    });

    it('have a sign where they are contributions, and none for nothing', () => {
        expect(us.signed(0.25)).toBe('+0.250');
        expect(us.signed(-0.25)).toBe('-0.250');
        expect(us.signed(0)).toBe('0.000');
    });
});

describe('units', () => {
    it('money has its currency', () => {
        expect(spaced(de.money({ amount: '1234.50', currency: 'EUR' }))).toBe('1.234,50 €');
        expect(us.money({ amount: '-12.30', currency: 'USD' })).toBe('-$12.30');
    });

    it('events have a total and the price of a piece', () => {
        const unit_price = { amount: '4.25', currency: 'GBP' };
        expect(priceWords({ quantity: 6, unit_price }, us)).toEqual({ amount: '£25.50', pieces: '6 pieces, £4.25 each' });
        expect(priceWords({ quantity: 1, unit_price }, us)).toEqual({ amount: '£4.25', pieces: '1 piece' });
        expect(priceWords({ unit_price }, us)).toEqual({ amount: '£4.25 each', pieces: '' });
        expect(priceWords({ quantity: 3 }, us)).toEqual({ amount: '', pieces: '3 pieces' });
    });

    it('shares are percentages', () => {
        expect(spaced(de.percent(0.1234))).toBe('12,3 %');
        expect(us.percent(0.1234)).toBe('12.3%');
    });

    it('durations take the unit that suits', () => {
        expect(us.duration(480)).toBe('480 µs');
        expect(us.duration(1_740)).toBe('1.74 ms');
        expect(de.duration(25_300)).toBe('25,3 ms');
        expect(us.duration(14_200_000)).toBe('14.2 s');
        expect(us.duration(180_000_000)).toBe('3 min');
    });

    it('sizes are binary', () => {
        expect(us.bytes(999)).toBe('999 B');
        expect(us.bytes(18_400_000)).toBe('18 MiB');
        expect(de.bytes(1536)).toBe('1,5 KiB');
    });
});

describe('times', () => {
    it('are written as the locale does', () => {
        expect(spaced(de.time('2026-07-04T16:05:00.000Z'))).toBe('04.07.2026, 16:05');
        expect(spaced(us.time('2026-07-04T16:05:00.000Z'))).toBe('Jul 4, 2026, 4:05 PM');
    });

    it('of a calendar day do not depend on the time zone', () => {
        expect(formatter('en-US', 'America/Los_Angeles').day('2026-07-04')).toBe('7/4');
        expect(formatter('de-DE', 'Pacific/Auckland').day('2026-07-04')).toBe('4.7.');
    });

    it('that were set in UTC are shown so, wherever one is', () => {
        const west = formatter('en-US', 'America/Los_Angeles');
        expect(west.utc('2026-07-04T00:00:00.000Z')).toBe('Jul 4, 2026 (UTC)');
        expect(spaced(west.utc('2026-07-04T09:30:00.000Z'))).toBe('Jul 4, 2026, 9:30 AM (UTC)');
    });

    it('that cannot be read are shown as they are', () => expect(us.time('soon')).toBe('soon'));
});

describe('readNumber', () => {
    it.each([
        ['1.234,5', 'de-DE', 1234.5],
        ['1.234', 'de-DE', 1234],
        ['0,25', 'de-DE', 0.25],
        ['12.5', 'de-DE', 12.5],
        ['52.000,00', 'de-DE', 52000],
        ['1,234.5', 'en-US', 1234.5],
        ['1,234', 'en-US', 1234],
        ['-0.003', 'en-US', -0.003],
        ['.5', 'en-US', 0.5],
        [' 1 000 ', 'en-US', 1000],
    ] as const)('reads %s in %s', (text, locale, value) => expect(readNumber(text, locale)).toBe(value));

    it.each(['', 'abc', '1.2.3', '1e5', '--1', '12 EUR'])('refuses "%s"', (text) => {
        expect(readNumber(text, 'en-US')).toBeNaN();
        expect(readNumber(text, 'de-DE')).toBeNaN();
    });
});
