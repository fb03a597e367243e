import type { CustomerFields } from '../api/types';
import { readNumber, type LocaleName } from './format';

export type AttributeValue = NonNullable<CustomerFields['attributes']>[string];

/** An attribute as the texts of a form, with what it was made of: what is not touched stays as it was. */
export interface AttributeRow {
    name: string;
    value: string;
    was?: { name: string; text: string; value: AttributeValue };
}

export function toRow(name: string, value: AttributeValue, locale: LocaleName): AttributeRow {
    const text = typeof value === 'number' && locale === 'de-DE' ? String(value).replace('.', ',') : String(value);
    return { name, value: text, was: { name, text, value } };
}

/** The attributes that the rows say; undefined where they say none. */
export function fromRows(rows: readonly AttributeRow[], locale: LocaleName): CustomerFields['attributes'] {
    const named = rows.map((row) => [nameOf(row), valueOf(row, locale)] as const).filter(([name]) => name !== null);
    return named.length === 0 ? undefined : Object.fromEntries(named);
}

/** Null for a row without a name. */
function nameOf({ name, was }: AttributeRow): string | null {
    if (name === was?.name) return name;
    return name.trim() || null;
}

function valueOf({ value, was }: AttributeRow, locale: LocaleName): AttributeValue {
    if (value === was?.text) return was.value;
    const text = value.trim();
    return typeof was?.value === 'string' ? text : readValue(text, locale);
}

/** true and false, numbers, or text; digits after a leading zero are a code and no number. */
function readValue(text: string, locale: LocaleName): AttributeValue {
    if (text === 'true' || text === 'false') return text === 'true';
    const number = readNumber(text, locale);
    return Number.isNaN(number) || /^[+-]?0\d/.test(text) ? text : number;
}
