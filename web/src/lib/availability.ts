import type { Product } from '../api/types';
import type { Formatter } from './format';

export type Availability =
    | { state: 'available' }
    | { state: 'not-yet'; from: string }
    | { state: 'ended'; on: string }
    | { state: 'off' };

type Window = Pick<Product, 'available' | 'available_from' | 'available_until'>;

/** Whether a product may be in a list at `now`, as the server sees it: from the first moment on, until before the last. */
export function availability({ available, available_from, available_until }: Window, now: number): Availability {
    if (available === false) return { state: 'off' };
    if (available_from !== undefined && now < Date.parse(available_from)) return { state: 'not-yet', from: available_from };
    if (available_until !== undefined && now >= Date.parse(available_until)) return { state: 'ended', on: available_until };
    return { state: 'available' };
}

export function availabilityWords(is: Availability, format: Pick<Formatter, 'date'>): string {
    if (is.state === 'off') return 'Switched off';
    if (is.state === 'not-yet') return `Not yet: from ${format.date(is.from)}`;
    return is.state === 'ended' ? `Ended on ${format.date(is.on)}` : 'Available';
}
