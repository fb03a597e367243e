import { describe, expect, it } from 'vitest';

import { availability, availabilityWords } from '../src/lib/availability';
import { formatter } from '../src/lib/format';

const from = '2026-07-04T08:00:00.000Z';
const until = '2026-08-01T00:00:00.000Z';
const at = (time: string) => Date.parse(time);

describe('availability', () => {
    it('is by the flag first, then by the dates', () => {
        expect(availability({}, at(from))).toEqual({ state: 'available' });
        expect(availability({ available: true }, at(from))).toEqual({ state: 'available' });
        expect(availability({ available: false, available_until: from }, at(until))).toEqual({ state: 'off' });
    });

    it('begins with its first moment and ends before its last', () => {
        const product = { available_from: from, available_until: until };
        const states = ['2026-07-04T07:59:59.999Z', from, '2026-07-31T23:59:59.999Z', until].map((time) => availability(product, at(time)));
        expect(states).toEqual([{ state: 'not-yet', from }, { state: 'available' }, { state: 'available' }, { state: 'ended', on: until }]);
    });

    it('is said with its date', () => {
        const words = (is: Parameters<typeof availabilityWords>[0]) => availabilityWords(is, formatter('en-US', 'UTC'));
        expect([{ state: 'available' } as const, { state: 'off' } as const].map(words)).toEqual(['Available', 'Switched off']);
        expect(words({ state: 'not-yet', from })).toBe('Not yet: from Jul 4, 2026');
        expect(words({ state: 'ended', on: until })).toBe('Ended on Aug 1, 2026');
    });
});
