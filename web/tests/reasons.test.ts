import { describe, expect, it } from 'vitest';

import { readRequest } from '../src/lib/decision_request';
import { reasonsOf } from '../src/lib/reasons';
import { conditionWords } from '../src/lib/words';

describe('reasons', () => {
    it('are told one by one where they are given so', () => {
        const text = 'Popular. Fits your profile. To be checked: minimum age 18.';
        expect(reasonsOf({ text, reasons: [{ text: 'Popular.' }, { text: 'Fits your profile.' }] })).toEqual(
            { texts: ['Popular.', 'Fits your profile.'], apart: true },
        );
    });

    it('of a decision are told as the text that was shown', () => {
        expect(reasonsOf({ text: 'Popular.', reasons: [{}, {}] })).toEqual({ texts: ['Popular.'], apart: false });
        expect(reasonsOf({})).toEqual({ texts: [], apart: false });
    });

    it('come with what is to be checked', () => {
        expect(conditionWords({ rule: 'minimum_income', required: '35000.00 AUD', known: '' })).toBe('Minimum income 35000.00 AUD');
        expect(conditionWords({ rule: 'residency', required: 'AU', known: 'DE' })).toBe('Residency AU (known: DE)');
        expect(conditionWords({ rule: 'note', required: 'Only for new customers.', known: '' })).toBe('Only for new customers');
    });
});

describe('requests of decisions', () => {
    it('are read as they are kept', () => {
        expect(readRequest({
            n: 8, explain: true, categories: ['TERM_DEPOSITS'], brands: ['AMP Bank'], exclude: ['p-1', 7],
            boosts: [{ subject: 'p-2', factor: 1.5 }, { subject: 'p-3' }],
        })).toEqual({
            n: 8, categories: ['TERM_DEPOSITS'], brands: ['AMP Bank'], excluded: ['p-1'], boosts: [{ subject: 'p-2', factor: 1.5 }],
        });
        expect(readRequest(null)).toEqual({ n: null, categories: [], brands: [], excluded: [], boosts: [] });
    });
});
