/** Saves one after another; of what waits meanwhile only the newest is saved, for each holds all there is. */
export class LatestSaver<T> {
    #waiting: { value: T } | null = null;
    #running: Promise<void> | null = null;

    constructor(private readonly send: (value: T) => Promise<unknown>) {}

    /** Resolves when nothing is left to save; rejects where the last one could not be saved. */
    save(value: T): Promise<void> {
        this.#waiting = { value };
        this.#running ??= this.#run();
        return this.#running;
    }

    async #run(): Promise<void> {
        try {
            while (this.#waiting !== null) await this.#next(this.#waiting.value);
        } finally {
            this.#running = null;
        }
    }

    async #next(value: T): Promise<void> {
        this.#waiting = null;
        try {
            await this.send(value);
        } catch (reason) {
            // What failed is in the newer one too.
            if (this.#waiting === null) throw reason;
        }
    }
}
