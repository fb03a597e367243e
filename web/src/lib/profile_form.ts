import type { Customer, CustomerFields, CustomerKind } from '../api/types';
import { readNumber, type LocaleName } from './format';

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
    attributes: { name: string; value: string }[];
}

export type FormErrors = Record<string, string>;

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
        attributes: Object.entries(customer.attributes ?? {}).map(([name, value]) => ({
            name,
            value: typeof value === 'number' && locale === 'de-DE' ? String(value).replace('.', ',') : String(value),
        })),
    };
    for (const key of texts) form[key] = customer[key] ?? '';
    for (const key of lists) form[key] = (customer[key] ?? []).join(', ');
    return form;
}

/** The customer that the form says; what cannot be read is named. */
export function fromForm(form: ProfileForm, locale: LocaleName): { customer: Customer; errors: FormErrors } {
    const customer: Customer = { id: form.id.trim(), kind: form.kind };
    const errors: FormErrors = {};
    if (customer.id === '') errors['id'] = 'Every customer needs an id.';
    for (const key of texts) if (form[key].trim() !== '') customer[key] = form[key].trim();
    for (const key of lists) {
        const values = form[key].split(',').map((value) => value.trim()).filter((value) => value !== '');
        if (values.length > 0) customer[key] = values;
    }
    readAge(form, customer, errors);
    readIncome(form, customer, errors, locale);
    if (customer.residency !== undefined && !/^[A-Z]{2}$/.test(customer.residency)) {
        errors['residency'] = 'Two capital letters, such as DE.';
    }
    const attributes = form.attributes.filter(({ name }) => name.trim() !== '');
    if (attributes.length > 0) {
        customer.attributes = Object.fromEntries(attributes.map(({ name, value }) => [name.trim(), readValue(value, locale)]));
    }
    for (const key of form.kind === 'person' ? ofOrganisations : ofPersons) delete customer[key];
    return { customer, errors };
}

function readAge(form: ProfileForm, customer: Customer, errors: FormErrors): void {
    if (form.kind !== 'person' || form.age.trim() === '') return;
    const age = Number(form.age);
    if (Number.isInteger(age) && age >= 0 && age <= 130) customer.age = age;
    else errors['age'] = 'A whole number of years from 0 to 130.';
}

function readIncome(form: ProfileForm, customer: Customer, errors: FormErrors, locale: LocaleName): void {
    if (form.kind !== 'person' || form.income.trim() === '') return;
    const amount = readNumber(form.income, locale);
    if (!(amount >= 0)) errors['income'] = 'An amount, such as ' + (locale === 'de-DE' ? '52.000,00.' : '52,000.00.');
    else if (!/^[A-Z]{3}$/.test(form.currency)) errors['income'] = 'A currency of three capitals, such as EUR.';
    else customer.income = { amount: amount.toFixed(2), currency: form.currency };
}

/** true and false, numbers, or text. */
function readValue(text: string, locale: LocaleName): boolean | number | string {
    const plain = text.trim();
    if (plain === 'true' || plain === 'false') return plain === 'true';
    const number = readNumber(plain, locale);
    return Number.isNaN(number) ? plain : number;
}

function writeAmount(amount: string, locale: LocaleName): string {
    return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(Number(amount));
}
