/** Where one is in a page, as an entry of the browser's history keeps it. */
export interface Place {
    /** How far down, in pixels. */
    y: number;
    /** Cursors of the pages before this one; empty text: the first page. */
    cursors: readonly string[];
}

export const top: Place = { y: 0, cursors: [] };

/** Reads `history.state`, which may be of another version or of nobody. */
export function readPlace(state: unknown): Place {
    if (typeof state !== 'object' || state === null) return top;
    const { y, cursors } = state as Record<string, unknown>;
    return {
        y: typeof y === 'number' && y > 0 ? y : 0,
        cursors: Array.isArray(cursors) ? cursors.filter((one): one is string => typeof one === 'string') : [],
    };
}

/** How each list was last seen: what was searched for, which page, how far down. */
export class LastPlaces {
    #by = new Map<string, { search: string; place: Place }>();

    remember(path: string, search: string, place: Place): void {
        this.#by.set(path, { search, place });
    }

    /** The address with what was searched for. */
    urlOf(path: string): string {
        return path + (this.#by.get(path)?.search ?? '');
    }

    placeOf(path: string): Place {
        return this.#by.get(path)?.place ?? top;
    }
}
