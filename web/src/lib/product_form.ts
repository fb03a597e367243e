import type { CustomerKind, Eligibility, Product } from '../api/types';
import { readNumber, type LocaleName } from './format';

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
    const money = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
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
        minimum_income: rules.minimum_income ? money.format(Number(rules.minimum_income.amount)) : '',
        currency: rules.minimum_income?.currency ?? 'EUR',
        occupations: (rules.occupations ?? []).join(', '),
        notes: (rules.notes ?? []).join('\n'),
    };
}

/** The product with what the form says in place of what it had. */
export function fromProductForm(
    product: Product,
    form: ProductForm,
    locale: LocaleName,
): { product: Product; errors: Record<string, string> } {
    const errors: Record<string, string> = {};
    if (form.name.trim() === '') errors['name'] = 'Every product needs a name.';
    const rules: Eligibility = {};
    for (const key of ['minimum_age', 'maximum_age'] as const) {
        if (form[key].trim() === '') continue;
        const age = Number(form[key]);
        if (Number.isInteger(age) && age >= 0 && age <= 130) rules[key] = age;
        else errors[key] = 'A whole number of years from 0 to 130.';
    }
    if (form.customer_kind !== '') rules.customer_kind = form.customer_kind;
    addList(rules, 'residencies', form.residencies.split(','));
    addList(rules, 'occupations', form.occupations.split(','));
    addList(rules, 'notes', form.notes.split('\n'));
    if (form.minimum_income.trim() !== '') {
        const amount = readNumber(form.minimum_income, locale);
        if (amount >= 0) rules.minimum_income = { amount: amount.toFixed(2), currency: form.currency };
        else errors['minimum_income'] = 'An amount, such as ' + (locale === 'de-DE' ? '35.000,00.' : '35,000.00.');
    }
    const kept = product.eligibility?.minimum_revenue;
    if (kept) rules.minimum_revenue = kept;

    const { brand, category, description, available, available_from, available_until, eligibility, ...rest } = product;
    void [brand, category, description, available, eligibility];
    const edited: Product = { ...rest, name: form.name.trim() };
    for (const key of ['brand', 'category', 'description'] as const) {
        if (form[key].trim() !== '') edited[key] = form[key].trim();
    }
    if (!form.available) edited.available = false;
    const from = dayTime(form.available_from, available_from);
    const until = dayTime(form.available_until, available_until);
    if (from !== undefined) edited.available_from = from;
    if (until !== undefined) edited.available_until = until;
    if (Object.keys(rules).length > 0) edited.eligibility = rules;
    return { product: edited, errors };
}

function addList(rules: Eligibility, key: 'residencies' | 'occupations' | 'notes', parts: string[]): void {
    const values = parts.map((part) => part.trim()).filter((part) => part !== '');
    if (values.length > 0) rules[key] = values;
}

/** The day at midnight UTC; the stored time where the day is the same. */
function dayTime(day: string, stored: string | undefined): string | undefined {
    if (day === '') return undefined;
    return stored?.slice(0, 10) === day ? stored : `${day}T00:00:00.000Z`;
}
