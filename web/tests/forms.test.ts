import { describe, expect, it } from 'vitest';

import type { Customer, Product } from '../src/api/types';
import { mergePatch } from '../src/lib/merge_patch';
import { fromProductForm, toProductForm } from '../src/lib/product_form';
import { fromForm, toForm } from '../src/lib/profile_form';
import { rangeText, readSetting, settingText } from '../src/lib/setting_value';

const person: Customer = {
    id: 'c-1', kind: 'person', name: 'Robin', age: 44, income: { amount: '52000.50', currency: 'EUR' },
    interests: ['travel', 'saving'], attributes: { average_balance: 2143.5, default: false, contact: 'cellular' },
};
const organisation: Customer = { id: 'c-2', kind: 'organisation', industry: 'trade', num_employees: '50-100' };
const product: Product = {
    id: 'BOD', name: 'Overdraft', category: 'OVERDRAFTS', available_from: '2026-01-01T09:30:00.000Z',
    eligibility: { minimum_age: 18, minimum_income: { amount: '35000.00', currency: 'AUD' }, minimum_revenue: { amount: '1.00', currency: 'AUD' }, notes: ['a', 'b'] },
    rates: [{ side: 'lending', yearly: 0.1 }], fees: [{ name: 'Entry' }],
};

describe('mergePatch', () => {
    it('names what changed, came and went', () => {
        expect(mergePatch({ a: 1, b: 2, c: [1] }, { a: 1, b: 3, c: [1], d: 'x' })).toEqual({ b: 3, d: 'x' });
        expect(mergePatch({ a: 1 }, {})).toEqual({ a: null });
        expect(mergePatch({ a: { x: 1, y: 2 } }, { a: { x: 1 } })).toEqual({ a: { y: null } });
        expect(mergePatch({ a: [1, 2] }, { a: [2, 1] })).toEqual({ a: [2, 1] });
    });

    it('is empty where nothing changed', () => expect(mergePatch(person, structuredClone(person))).toEqual({}));
});

describe.each(['de-DE', 'en-US'] as const)('forms in %s', (locale) => {
    it.each([person, organisation])('give back the customer $id', (customer) => {
        expect(fromForm(toForm(customer, locale), locale)).toEqual({ customer, errors: {} });
    });

    it('give back the product, and what they do not show of it', () => {
        expect(fromProductForm(product, toProductForm(product, locale), locale)).toEqual({ product, errors: {} });
    });

    it('give back numbers of settings', () => {
        for (const value of [0.1, 1e-6, 20_000_000, -3]) {
            const setting = { type: 'number' as const, minimum: null, maximum: null };
            expect(readSetting(setting, settingText(value, locale), locale)).toEqual({ value });
        }
    });
});

describe('customer forms', () => {
    it('name every field that cannot be read', () => {
        const form = { ...toForm(person, 'en-US'), id: ' ', age: '12.5', income: 'much', residency: 'Germany' };
        expect(Object.keys(fromForm(form, 'en-US').errors).sort()).toEqual(['age', 'id', 'income', 'residency']);
    });

    it('leave out the fields of the other kind', () => {
        const { customer, errors } = fromForm({ ...toForm(person, 'en-US'), kind: 'organisation', age: 'x' }, 'en-US');
        expect(errors).toEqual({});
        expect(customer).not.toHaveProperty('income');
        expect(customer).not.toHaveProperty('age');
    });
});

describe('product forms', () => {
    it('name what cannot be read', () => {
        const form = { ...toProductForm(product, 'en-US'), name: '', minimum_age: '-1', minimum_income: 'x' };
        expect(Object.keys(fromProductForm(product, form, 'en-US').errors).sort()).toEqual(['minimum_age', 'minimum_income', 'name']);
    });

    it('leave availability out while it is on', () => {
        const off = { ...toProductForm(product, 'en-US'), available: false };
        expect(fromProductForm(product, off, 'en-US').product.available).toBe(false);
        expect(fromProductForm(product, toProductForm(product, 'en-US'), 'en-US').product).not.toHaveProperty('available');
    });
});

describe('settings', () => {
    const whole = { type: 'integer' as const, minimum: 1, maximum: 1000 };

    it('say what they take', () => {
        expect(readSetting(whole, '0', 'en-US')).toEqual({ error: 'From 1 to 1,000.' });
        expect(readSetting(whole, '1.5', 'en-US')).toEqual({ error: 'This takes a whole number.' });
        expect(readSetting(whole, 'many', 'en-US')).toEqual({ error: 'This takes a number.' });
        expect(rangeText({ minimum: 0, maximum: null }, 'de-DE')).toBe('At least 0.');
    });

    it('are read by their type', () => {
        expect(readSetting(whole, '1.000', 'de-DE')).toEqual({ value: 1000 });
        expect(readSetting({ type: 'boolean', minimum: null, maximum: null }, 'false', 'en-US')).toEqual({ value: false });
        expect(readSetting({ type: 'text', minimum: null, maximum: null }, 'als=0.4', 'de-DE')).toEqual({ value: 'als=0.4' });
    });
});
