import type { Money } from '../api/types';
import type { Formatter } from './format';
import { counted } from './words';

/** What an event was worth in all, and of how many pieces at which price. */
export function priceWords(
    { quantity, unit_price }: { quantity?: number | undefined; unit_price?: Money | undefined },
    format: Formatter,
): { amount: string; pieces: string } {
    const pieces = quantity === undefined ? '' : counted(quantity, format.number(quantity), 'piece');
    if (unit_price === undefined) return { amount: '', pieces };
    const each = `${format.money(unit_price)} each`;
    if (quantity === undefined) return { amount: each, pieces: '' };
    const total = { ...unit_price, amount: String(Number(unit_price.amount) * quantity) };
    return { amount: format.money(total), pieces: quantity === 1 ? pieces : `${pieces}, ${each}` };
}
