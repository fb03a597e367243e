/** Edits that are not saved, and the question whether they may be lost. */
export class Leaving {
    /** What waits for the answer; null: nothing is asked. */
    waiting = $state.raw<(() => void) | null>(null);
    #guards = new Set<() => boolean>();

    /** Before the page is left, people are asked for as long as `unsaved`; what it returns ends that. */
    guard(unsaved: () => boolean): () => void {
        this.#guards.add(unsaved);
        return () => this.#guards.delete(unsaved);
    }

    get unsaved(): boolean {
        return [...this.#guards].some((unsaved) => unsaved());
    }

    /** Runs `proceed`, by which the page is left: at once where nothing is lost, else when that is agreed to. */
    ask(proceed: () => void): void {
        if (this.unsaved) this.waiting = proceed;
        else proceed();
    }
}

export const leaving = new Leaving();
