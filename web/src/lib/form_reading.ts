import type { Money } from '../api/types';
import { readNumber, type LocaleName } from './format';

/** What is wrong with the fields of a form, by their keys. */
export type FormErrors = Record<string, string>;

/** Nothing where it cannot be read, which is named then. */
export function readAge(text: string, key: string, errors: FormErrors): number | undefined {
    if (text.trim() === '') return undefined;
    const age = Number(text);
    if (Number.isInteger(age) && age >= 0 && age <= 130) return age;
    errors[key] = 'A whole number of years from 0 to 130.';
    return undefined;
}

export function writeAmount(amount: string, locale: LocaleName): string {
    return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(Number(amount));
}

/** As `readAge`; an amount that is left as `stored` was written is that one. */
export function readMoney(
    text: string,
    currency: string,
    stored: Money | undefined,
    key: string,
    errors: FormErrors,
    locale: LocaleName,
): Money | undefined {
    if (text.trim() === '') return undefined;
    const amount = readNumber(text, locale);
    if (!(amount >= 0)) errors[key] = `An amount, such as ${writeAmount('52000', locale)}.`;
    else if (!/^[A-Z]{3}$/.test(currency)) errors[key] = 'A currency of three capitals, such as EUR.';
    else if (stored && text === writeAmount(stored.amount, locale)) return { amount: stored.amount, currency };
    else return { amount: amount.toFixed(2), currency };
    return undefined;
}

export function setOrDelete<Target extends object, Key extends keyof Target>(
    target: Target,
    key: Key,
    value: Target[Key] | undefined,
): void {
    if (value === undefined) delete target[key];
    else target[key] = value;
}
