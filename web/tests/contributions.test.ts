import { describe, expect, it } from 'vitest';

import type { Contribution } from '../src/api/types';
import { contributionWords } from '../src/lib/contribution_words';
import { formatter } from '../src/lib/format';

const names: Record<string, string> = { '85123A': 'White lantern', 'p-1': 'Term deposit' };

/** In German, where a decimal point would be seen. */
function words(part: Omit<Contribution, 'contribution' | 'model'>): string {
    const context = { format: formatter('de-DE', 'UTC'), productId: '85123A', nameOf: (id: string) => names[id] ?? id };
    return contributionWords({ ...part, contribution: 0.1, model: 'm' }, context).replace(/\s/g, ' ');
}

describe('parts of a score', () => {
    it('say of how many customers popularity speaks', () => {
        expect(words({ kind: 'popularity', subject: '85123A', value: '0.018' })).toBe('Popularity: 1,8 % of customers have it');
        expect(words({ kind: 'popularity', subject: 'TERM_DEPOSITS', value: '0.12' })).toBe('Popularity: 12 % of customers have term deposits');
        expect(words({ kind: 'popularity' })).toBe('Popularity: with all customers');
    });

    it('say how often similar customers do', () => {
        expect(words({ kind: 'cohort', subject: 'customers with a profile near yours', value: '1.50' })).toBe(
            'Similar customers: customers with a profile near yours, 1,5 times as often as customers overall',
        );
    });

    it('write what a profile holds as the reader does', () => {
        expect(words({ kind: 'attribute', subject: 'average_balance', value: '2143.5' })).toBe('Profile: Average balance = 2.143,5');
        expect(words({ kind: 'attribute', subject: 'income', value: '52,000.50 EUR' })).toBe('Profile: Income = 52.000,50 €');
        expect(words({ kind: 'attribute', subject: 'num_employees', value: '50-100' })).toBe('Profile: Num employees = 50-100');
        expect(words({ kind: 'attribute', subject: 'postcode', value: '01099' })).toBe('Profile: Postcode = 01099');
        expect(words({ kind: 'attribute', subject: 'occupation', value: 'retired' })).toBe('Profile: Occupation = retired');
    });

    it('name the events, words and wishes they come from', () => {
        expect(words({ kind: 'event', subject: 'p-1', value: 'purchase' })).toBe('Bought Term deposit');
        expect(words({ kind: 'event', subject: 'p-1', value: '' })).toBe('Event on Term deposit');
        expect(words({ kind: 'term', subject: 'travel', value: 'interests' })).toBe('Word: travel, of the interests');
        expect(words({ kind: 'baseline' })).toBe('For anybody');
        expect(words({ kind: 'baseline', subject: 'TERM_DEPOSITS', value: '1.5' })).toBe('Boost of the request: Term deposits, 1,5 times');
        expect(words({ kind: 'baseline', subject: '85123A', value: '2' })).toBe('Boost of the request: White lantern, 2 times');
    });
});
