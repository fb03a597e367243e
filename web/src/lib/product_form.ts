import type { CustomerKind, Eligibility, Product } from '../api/types';
import { readAge, readMoney, setOrDelete, writeAmount, type FormErrors } from './form_reading';
import type { LocaleName } from './format';
import { readTextList } from './text_list';

/** What can be edited of a product, as the texts of a form; rates and fees come from imports. */
export interface ProductForm {
    name: string;
    brand: string;
    category: string;
    description: string;
    available: boolean;
    available_from: string;
    available_until: string;
    minimum_age: string;
    maximum_age: string;
    customer_kind: CustomerKind | '';
    residencies: string;
    minimum_income: string;
    currency: string;
    occupations: string;
    notes: string;
}

export function toProductForm(product: Product, locale: LocaleName): ProductForm {
    const rules = product.eligibility ?? {};
    return {
        name: product.name,
        brand: product.brand ?? '',
        category: product.category ?? '',
        description: product.description ?? '',
        available: product.available !== false,
        available_from: product.available_from?.slice(0, 10) ?? '',
        available_until: product.available_until?.slice(0, 10) ?? '',
        minimum_age: rules.minimum_age?.toString() ?? '',
        maximum_age: rules.maximum_age?.toString() ?? '',
        customer_kind: rules.customer_kind ?? '',
        residencies: (rules.residencies ?? []).join(', '),
        minimum_income: rules.minimum_income ? writeAmount(rules.minimum_income.amount, locale) : '',
        currency: rules.minimum_income?.currency ?? 'EUR',
        occupations: (rules.occupations ?? []).join(', '),
        notes: (rules.notes ?? []).join('\n'),
    };
}

/**
 * The product with what the form says in place of what it had. What stands as it was written stays as
 * the product has it: reading a text again may give something else.
 */
export function fromProductForm(
    product: Product,
    form: ProductForm,
    locale: LocaleName,
): { product: Product; errors: FormErrors } {
    const before = toProductForm(product, locale);
    const errors: FormErrors = {};
    const edited: Product = { ...product };
    if (form.name !== before.name) edited.name = form.name.trim();
    if (edited.name === '') errors['name'] = 'Every product needs a name.';
    for (const key of ['brand', 'category', 'description'] as const) {
        if (form[key] !== before[key]) setOrDelete(edited, key, form[key].trim() || undefined);
    }
    // Left out means available, as in the stored form.
    if (form.available !== before.available) setOrDelete(edited, 'available', form.available ? undefined : false);
    for (const key of ['available_from', 'available_until'] as const) {
        const day = form[key];
        if (day !== before[key]) setOrDelete(edited, key, day === '' ? undefined : `${day}T00:00:00.000Z`);
    }
    const rules = readRules(product.eligibility ?? {}, form, before, errors, locale);
    setOrDelete(edited, 'eligibility', Object.keys(rules).length > 0 ? rules : undefined);
    return { product: edited, errors };
}

function readRules(
    stored: Eligibility,
    form: ProductForm,
    before: ProductForm,
    errors: FormErrors,
    locale: LocaleName,
): Eligibility {
    const rules: Eligibility = { ...stored };
    for (const key of ['minimum_age', 'maximum_age'] as const) {
        if (form[key] !== before[key]) setOrDelete(rules, key, readAge(form[key], key, errors));
    }
    if (form.customer_kind !== before.customer_kind) setOrDelete(rules, 'customer_kind', form.customer_kind || undefined);
    for (const [key, separator] of [['residencies', ','], ['occupations', ','], ['notes', '\n']] as const) {
        if (form[key] === before[key]) continue;
        const values = readTextList(form[key], separator, stored[key]);
        setOrDelete(rules, key, values.length > 0 ? values : undefined);
    }
    if (form.minimum_income !== before.minimum_income || form.currency !== before.currency) {
        const income = readMoney(form.minimum_income, form.currency, stored.minimum_income, 'minimum_income', errors, locale);
        setOrDelete(rules, 'minimum_income', income);
    }
    return rules;
}
