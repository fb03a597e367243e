import { describe, expect, it } from 'vitest';

import { Problem } from '../src/api/problem';
import type { Customer, Product } from '../src/api/types';
import { fromRows, toRow } from '../src/lib/attribute_row';
import { fieldErrors } from '../src/lib/field_errors';
import { mergePatch } from '../src/lib/merge_patch';
import { fromProductForm, toProductForm, type ProductForm } from '../src/lib/product_form';
import { followStored, fromForm, toForm, type ProfileForm } from '../src/lib/profile_form';
import { readTextList } from '../src/lib/text_list';

/** Values that are another one when they are read from their own text. */
const customer: Customer = {
    id: ' c-1', kind: 'person', name: 'Robin ', age: 44, income: { amount: '90071992547409931.07', currency: 'EUR' },
    interests: ['Savings, long term', 'travel'], preferences: ['', ' branch '],
    attributes: { '': 'nameless', ' code': '01234', flag: 'true', tiny: 1e-7, yes: true, share: 0.25, spaced: ' a ' },
};
const product: Product = {
    id: 'BOD', name: 'Overdraft ', category: 'OVERDRAFTS', available: true, available_until: '2027-01-01T09:30:00.000Z',
    eligibility: {
        minimum_age: 18, minimum_income: { amount: '90071992547409931.07', currency: 'AUD' },
        minimum_revenue: { amount: '1.00', currency: 'AUD' }, residencies: [], occupations: ['Farmer, retired', 'clerk'],
        notes: ['You must be:\n\n- a resident\r\n- an adult', 'Fees apply.'],
    },
    rates: [{ side: 'lending', yearly: 0.1 }],
};

describe.each(['de-DE', 'en-US'] as const)('saving a form in %s', (locale) => {
    const customerPatch = (changes: Partial<ProfileForm>) =>
        mergePatch(customer, fromForm({ ...toForm(customer, locale), ...changes }, locale, customer).customer);
    const productPatch = (changes: Partial<ProductForm>) =>
        mergePatch(product, fromProductForm(product, { ...toProductForm(product, locale), ...changes }, locale).product);

    it('sends nothing where nothing was touched', () => {
        expect(customerPatch({})).toEqual({});
        expect(productPatch({})).toEqual({});
    });

    it('sends the fields that were touched, and no others', () => {
        expect(customerPatch({ age: '45' })).toEqual({ age: 45 });
        expect(customerPatch({ interests: 'Savings, long term, golf' })).toEqual({ interests: ['Savings, long term', 'golf'] });
        expect(customerPatch({ currency: 'USD' })).toEqual({ income: { currency: 'USD' } });
        expect(productPatch({ minimum_age: '21' })).toEqual({ eligibility: { minimum_age: 21 } });
        expect(productPatch({ available_until: '' })).toEqual({ available_until: null });
        const notes = `${toProductForm(product, locale).notes}\nAsk first.`;
        expect(productPatch({ notes })).toEqual({ eligibility: { notes: [...(product.eligibility?.notes ?? []), 'Ask first.'] } });
    });

    it('takes out what was emptied', () => {
        expect(customerPatch({ name: '', preferences: ' ' })).toEqual({ name: null, preferences: null });
        expect(productPatch({ category: '', occupations: '' })).toEqual({ category: null, eligibility: { occupations: null } });
    });
});

describe('attributes of a form', () => {
    const rows = (changes: Record<string, Partial<{ name: string; value: string }>>) =>
        Object.entries(customer.attributes ?? {}).map(([name, value]) => ({ ...toRow(name, value, 'en-US'), ...changes[name] }));

    it('keep their values where their names change, and their names where their values change', () => {
        const changed = fromRows(rows({ ' code': { name: 'code' }, tiny: { value: '2' } }), 'en-US');
        expect(changed).toEqual({ '': 'nameless', code: '01234', flag: 'true', tiny: 2, yes: true, share: 0.25, spaced: ' a ' });
    });

    it('stay texts where they were', () => {
        const changed = fromRows(rows({ ' code': { value: '1235' }, flag: { value: 'false' } }), 'en-US');
        expect(changed).toMatchObject({ ' code': '1235', flag: 'false' });
    });

    it('are read where they are new', () => {
        const added = (value: string) => fromRows([{ name: 'new', value }], 'de-DE')?.['new'];
        expect(['1,5', 'true', 'x', '01234', '0,5', '0'].map(added)).toEqual([1.5, true, 'x', '01234', 0.5, 0]);
        expect(fromRows([{ name: ' ', value: '1' }], 'de-DE')).toBeUndefined();
    });
});

describe('lists as texts', () => {
    it('are cut at the separator', () => expect(readTextList(' a, b,,c ', ',')).toEqual(['a', 'b', 'c']));

    it('keep known entries whole, the longest first', () => {
        expect(readTextList('a, b, c, a, b, d', ',', ['a, b', 'a, b, c', 'd', ''])).toEqual(['a, b, c', 'a, b', 'd']);
        expect(readTextList('a, x, b', ',', ['a, b'])).toEqual(['a', 'x', 'b']);
    });
});

describe('a form that was saved', () => {
    const write = (changes: Partial<Customer>) => toForm({ ...customer, ...changes }, 'en-US');

    it('shows what is stored, and keeps what was typed meanwhile', () => {
        const before = write({});
        const sent = { ...before, age: '45', location: ' Lisbon ' };
        const typed = { ...sent, gender: 'fem' };
        const after = followStored(typed, [before, sent], write({ age: 45, location: 'Lisbon', occupation: 'clerk' }));
        expect(after).toEqual({ ...write({ age: 45, location: 'Lisbon', occupation: 'clerk' }), gender: 'fem' });
    });

    it('keeps attributes while one of them is being typed', () => {
        const before = write({});
        const typed = { ...before, attributes: [...before.attributes, { name: 'new', value: '' }] };
        expect(followStored(typed, [before], write({ attributes: {} })).attributes).toEqual(typed.attributes);
    });
});

describe('what a server says of fields', () => {
    const problem = (field: string | undefined, errors: { field: string; message: string }[] = []) =>
        new Problem(422, 'invalid_argument', 'It is wrong.', field, errors);

    it('is said at those that are shown', () => {
        expect(fieldErrors(problem('age'), ['age', 'income'])).toEqual({ age: 'It is wrong.' });
        const many = problem(undefined, [{ field: 'income.amount', message: 'no amount' }, { field: 'eligibility.notes[2]', message: 'too long' }]);
        expect(fieldErrors(many, ['income', 'notes'])).toEqual({ income: 'no amount', notes: 'too long' });
    });

    it('is said of none of them where it is about something else', () => {
        expect(fieldErrors(problem('attributes'), ['age'])).toEqual({});
        expect(fieldErrors(problem(undefined), ['age'])).toEqual({});
    });
});
