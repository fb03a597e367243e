interface Listed {
    product_id: string;
    position: number;
}

export type Move = { kind: 'new' } | { kind: 'same' } | { kind: 'up' | 'down'; by: number };

/** How each product of `after` moved, by id. */
export function movesOf(before: readonly Listed[], after: readonly Listed[]): Map<string, Move> {
    const old = new Map(before.map((item) => [item.product_id, item.position]));
    return new Map(after.map((item) => [item.product_id, moveOf(old.get(item.product_id), item.position)]));
}

export function moveOf(before: number | null | undefined, after: number): Move {
    if (before === null || before === undefined) return { kind: 'new' };
    if (before === after) return { kind: 'same' };
    return before > after ? { kind: 'up', by: before - after } : { kind: 'down', by: after - before };
}

/** What is in `before` and not in `after`. */
export function goneFrom<T extends Listed>(before: readonly T[], after: readonly Listed[]): T[] {
    const there = new Set(after.map((item) => item.product_id));
    return before.filter((item) => !there.has(item.product_id));
}

/** "1 new, 2 up, 3 down"; empty where nothing moved. */
export function summaryOf(moves: readonly Move[]): string {
    return (['new', 'up', 'down'] as const)
        .map((kind) => ({ kind, count: moves.filter((move) => move.kind === kind).length }))
        .filter(({ count }) => count > 0)
        .map(({ kind, count }) => `${count} ${kind}`)
        .join(', ');
}
