import type { Contribution, EventType } from '../api/types';
import type { Formatter } from './format';
import { eventWords, plain } from './words';

export interface ContributionContext {
    format: Formatter;
    /** The product whose score it is a part of. */
    productId: string;
    nameOf: (productId: string) => string;
}

const plainNumber = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/;
const money = /^(-?[\d,]+\.\d\d) ([A-Z]{3})$/;

/** What a part of a score comes from, in words; numbers as the reader writes them, with what they are. */
export function contributionWords(part: Contribution, context: ContributionContext): string {
    const { kind, subject = '', value = '' } = part;
    switch (kind) {
        case 'event':
            return `${eventWords[value as EventType] ?? 'Event on'} ${context.nameOf(subject)}`;
        case 'term':
            return `Word: ${subject}${value === '' ? '' : `, of the ${plain(value).toLowerCase()}`}`;
        case 'attribute':
            return `Profile: ${plain(subject)}${value === '' ? '' : ` = ${valueWords(value, context.format)}`}`;
        case 'cohort':
            return `Similar customers: ${[subject, liftWords(value, context.format)].filter(Boolean).join(', ')}`;
        case 'popularity':
            return `Popularity: ${popularityWords(part, context)}`;
        case 'baseline':
            return subject === '' ? 'For anybody' : `Boost of the request: ${boostWords(part, context)}`;
    }
}

/** Of the product itself, or of its category. */
function boostWords({ subject = '', value = '' }: Contribution, { format, productId, nameOf }: ContributionContext): string {
    const what = subject === productId ? nameOf(subject) : plain(subject);
    return value === '' ? what : `${what}, ${valueWords(value, format)} times`;
}

function liftWords(value: string, format: Formatter): string {
    return plainNumber.test(value) ? `${format.number(Number(value))} times as often as customers overall` : value;
}

/** Of the product itself, or of its category. */
function popularityWords({ subject = '', value = '' }: Contribution, { format, productId }: ContributionContext): string {
    const what = subject === '' || subject === productId ? 'it' : plain(subject).toLowerCase();
    return plainNumber.test(value) ? `${format.percent(Number(value))} of customers have ${what}` : 'with all customers';
}

function valueWords(value: string, format: Formatter): string {
    if (plainNumber.test(value)) return format.number(Number(value));
    const [, amount, currency] = money.exec(value) ?? [];
    if (amount === undefined || currency === undefined) return value;
    return format.money({ amount: amount.replaceAll(',', ''), currency });
}
