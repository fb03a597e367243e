import type { Customer, CustomerFields, CustomerKind } from '../api/types';
import { fromRows, toRow, type AttributeRow } from './attribute_row';
import { readAge, readMoney, setOrDelete, writeAmount, type FormErrors } from './form_reading';
import type { LocaleName } from './format';
import { sameJson } from './merge_patch';
import { readTextList } from './text_list';

/** A customer as the texts of a form. */
export interface ProfileForm {
    id: string;
    kind: CustomerKind;
    name: string;
    location: string;
    residency: string;
    age: string;
    gender: string;
    income: string;
    currency: string;
    education: string;
    occupation: string;
    marital_status: string;
    industry: string;
    num_employees: string;
    revenue: string;
    interests: string;
    preferences: string;
    financial_needs: string;
    held_categories: string;
    attributes: AttributeRow[];
}

const lists = ['interests', 'preferences', 'financial_needs', 'held_categories'] as const;
const texts = ['name', 'location', 'residency', 'gender', 'education', 'occupation', 'marital_status', 'industry', 'num_employees', 'revenue'] as const;
const ofPersons = ['age', 'gender', 'income', 'education', 'occupation', 'marital_status'] as const;
const ofOrganisations = ['industry', 'num_employees', 'revenue'] as const;

export function toForm(customer: CustomerFields, locale: LocaleName): ProfileForm {
    const amount = customer.income?.amount;
    const form: ProfileForm = {
        id: customer.id ?? '',
        kind: customer.kind ?? 'person',
        name: '', location: '', residency: '', gender: '', education: '', occupation: '', marital_status: '',
        industry: '', num_employees: '', revenue: '',
        age: customer.age === undefined ? '' : String(customer.age),
        income: amount === undefined ? '' : writeAmount(amount, locale),
        currency: customer.income?.currency ?? 'EUR',
        interests: '', preferences: '', financial_needs: '', held_categories: '',
        attributes: Object.entries(customer.attributes ?? {}).map(([name, value]) => toRow(name, value, locale)),
    };
    for (const key of texts) form[key] = customer[key] ?? '';
    for (const key of lists) form[key] = (customer[key] ?? []).join(', ');
    return form;
}

/**
 * The customer that the form says; what cannot be read is named. What stands as `original` was written
 * stays as it is there: reading a text again may give something else.
 */
export function fromForm(
    form: ProfileForm,
    locale: LocaleName,
    original: CustomerFields = {},
): { customer: Customer; errors: FormErrors } {
    const before = toForm(original, locale);
    const customer: Customer = { ...original, id: form.id === before.id ? form.id : form.id.trim(), kind: form.kind };
    const errors: FormErrors = {};
    if (customer.id === '') errors['id'] = 'Every customer needs an id.';
    for (const key of texts) {
        if (form[key] !== before[key]) setOrDelete(customer, key, form[key].trim() || undefined);
    }
    for (const key of lists) {
        if (form[key] === before[key]) continue;
        const values = readTextList(form[key], ',', original[key]);
        setOrDelete(customer, key, values.length > 0 ? values : undefined);
    }
    if (form.kind === 'person') {
        if (form.age !== before.age) setOrDelete(customer, 'age', readAge(form.age, 'age', errors));
        if (form.income !== before.income || form.currency !== before.currency) {
            const income = readMoney(form.income, form.currency, original.income, 'income', errors, locale);
            setOrDelete(customer, 'income', income);
        }
    }
    if (customer.residency !== undefined && !/^[A-Z]{2}$/.test(customer.residency)) {
        errors['residency'] = 'Two capital letters, such as DE.';
    }
    setOrDelete(customer, 'attributes', fromRows(form.attributes, locale));
    for (const key of form.kind === 'person' ? ofOrganisations : ofPersons) delete customer[key];
    return { customer, errors };
}

/** The form once it is `stored` anew: fields that are as in one of `known` follow it, what was typed since stays. */
export function followStored(form: ProfileForm, known: readonly ProfileForm[], stored: ProfileForm): ProfileForm {
    const keys = Object.keys(form) as (keyof ProfileForm)[];
    const untouched = keys.filter((key) => known.some((one) => sameJson(form[key], one[key])));
    return { ...form, ...Object.fromEntries(untouched.map((key) => [key, stored[key]])) };
}
