/** The entries of the browser's history, counted in their states: a step can be measured, and taken back. */
export class HistoryEntries {
    #at = positionOf(history.state) ?? 0;

    constructor() {
        history.replaceState({ ...history.state, position: this.#at }, '');
    }

    /** `state` is what else the entry keeps. */
    push(url: string, state: object = {}): void {
        history.pushState({ ...state, position: ++this.#at }, '', url);
    }

    replace(url: string, state: object = {}): void {
        history.replaceState({ ...state, position: this.#at }, '', url);
    }

    /** How far the browser has gone from the entry that was last arrived at; negative: back. */
    get stepped(): number {
        return (positionOf(history.state) ?? this.#at) - this.#at;
    }

    arrive(): void {
        this.#at += this.stepped;
    }
}

function positionOf(state: unknown): number | null {
    const position = (state as { position?: unknown } | null)?.position;
    return typeof position === 'number' ? position : null;
}
