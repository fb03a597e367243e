/** The entries of the browser's history, counted in their states: a step can be measured, and taken back. */
export class HistoryEntries {
    #at = positionOf(history.state) ?? 0;

    constructor() {
        history.replaceState({ position: this.#at }, '');
    }

    push(url: string): void {
        history.pushState({ position: ++this.#at }, '', url);
    }

    replace(url: string): void {
        history.replaceState({ position: this.#at }, '', url);
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
