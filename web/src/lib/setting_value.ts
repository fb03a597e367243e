import type { Setting, SettingValue } from '../api/types';
import { readNumber, type LocaleName } from './format';

/** A setting's value as the text of a field. */
export function settingText(value: SettingValue, locale: LocaleName): string {
    if (typeof value !== 'number') return String(value);
    return new Intl.NumberFormat(locale, { maximumFractionDigits: 12, useGrouping: false }).format(value);
}

/** Reads the field; a text says what would be right. */
export function readSetting(
    setting: Pick<Setting, 'type' | 'minimum' | 'maximum'>,
    text: string,
    locale: LocaleName,
): { value: SettingValue } | { error: string } {
    if (setting.type === 'text') return { value: text };
    if (setting.type === 'boolean') return { value: text === 'true' };
    const number = readNumber(text, locale);
    if (Number.isNaN(number)) return { error: 'This takes a number.' };
    if (setting.type === 'integer' && !Number.isInteger(number)) return { error: 'This takes a whole number.' };
    const { minimum, maximum } = setting;
    if ((minimum !== null && number < minimum) || (maximum !== null && number > maximum)) {
        return { error: rangeText(setting, locale) };
    }
    return { value: number };
}

export function rangeText(setting: Pick<Setting, 'minimum' | 'maximum'>, locale: LocaleName): string {
    const write = (value: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: 9 }).format(value);
    const { minimum, maximum } = setting;
    if (minimum !== null && maximum !== null) return `From ${write(minimum)} to ${write(maximum)}.`;
    if (minimum !== null) return `At least ${write(minimum)}.`;
    return maximum !== null ? `At most ${write(maximum)}.` : '';
}
