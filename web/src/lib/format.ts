import type { Money } from '../api/types';

/** How numbers, dates and money are written; the words stay English. */
export type LocaleName = 'de-DE' | 'en-US';

const none = '–';

/** Formats for one locale; what is unknown is written as a dash. */
export function formatter(locale: LocaleName, timeZone?: string) {
    const zone = timeZone === undefined ? {} : { timeZone };
    const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
    const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...zone });
    const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...zone });
    const utcDate = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
    const utcTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
    const calendarDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'numeric', timeZone: 'UTC' });
    const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', ...zone });
    const number = (value: number | null | undefined, digits = 2): string =>
        value === null || value === undefined || !Number.isFinite(value)
            ? none
            : new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
    const fixed = (value: number | null | undefined, digits: number): string =>
        value === null || value === undefined || !Number.isFinite(value)
            ? none
            : new Intl.NumberFormat(locale, {
                  minimumFractionDigits: digits,
                  maximumFractionDigits: digits,
              }).format(value);

    return {
        locale,
        number,
        fixed,
        count: (value: number | null | undefined): string =>
            value === null || value === undefined ? none : whole.format(value),
        /** 0.124 as "12.4 %". */
        percent: (share: number | null | undefined, digits = 1): string =>
            share === null || share === undefined || !Number.isFinite(share)
                ? none
                : new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(share),
        money: (money: Money | null | undefined): string =>
            money === null || money === undefined
                ? none
                : new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency }).format(
                      Number(money.amount),
                  ),
        /** Microseconds in the unit that suits: "480 µs", "1.2 ms", "2.5 s". */
        duration: (us: number | null | undefined): string => {
            if (us === null || us === undefined || !Number.isFinite(us)) return none;
            if (us < 1_000) return `${number(us, 0)} µs`;
            if (us < 1_000_000) return `${number(us / 1_000, us < 10_000 ? 2 : 1)} ms`;
            if (us < 120_000_000) return `${number(us / 1_000_000, 1)} s`;
            return `${number(us / 60_000_000, 1)} min`;
        },
        bytes: (bytes: number): string => {
            const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
            let value = bytes;
            let unit = 0;
            for (; value >= 1024 && unit < units.length - 1; ++unit) value /= 1024;
            return `${number(value, value < 10 && unit > 0 ? 1 : 0)} ${units[unit]}`;
        },
        time: (text: string | null | undefined): string => timeText(text, dateTime),
        date: (text: string | null | undefined): string => timeText(text, date),
        /** A moment that was set in UTC, mostly a midnight: elsewhere it may be of another day. */
        utc: (text: string): string => `${timeText(text, isUtcMidnight(text) ? utcDate : utcTime)} (UTC)`,
        /** The time of day, with seconds. */
        clock: (text: string | null | undefined): string => timeText(text, clock),
        /** "2026-07-04" as day and month. */
        day: (text: string): string => timeText(`${text}T00:00:00Z`, calendarDay),
        /** A signed number, for contributions. */
        signed: (value: number, digits = 3): string =>
            new Intl.NumberFormat(locale, {
                signDisplay: 'exceptZero',
                minimumFractionDigits: digits,
                maximumFractionDigits: digits,
            }).format(value),
    };
}

export type Formatter = ReturnType<typeof formatter>;

function isUtcMidnight(text: string): boolean {
    return new Date(text).getTime() % 86_400_000 === 0;
}

function timeText(text: string | null | undefined, format: Intl.DateTimeFormat): string {
    if (text === null || text === undefined || text === '') return none;
    const time = new Date(text);
    return Number.isNaN(time.getTime()) ? text : format.format(time);
}

/**
 * Reads a number as people of the locale write it: "1.234,5" or "1,234.5". One separator that cannot
 * be for thousands is the decimal one. NaN where it is no number.
 */
export function readNumber(text: string, locale: LocaleName): number {
    const [group, decimal] = locale === 'de-DE' ? ['.', ','] : [',', '.'];
    let plain = text.trim().replace(/[\s\u00a0']/g, '');
    const grouped = new RegExp(`^[+-]?\\d{1,3}(\\${group}\\d{3})+(\\${decimal}\\d*)?$`);
    if (grouped.test(plain)) plain = plain.replaceAll(group, '');
    else if (!plain.includes(decimal)) plain = plain.replace(group, decimal);
    plain = plain.replace(decimal, '.');
    return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : Number.NaN;
}
