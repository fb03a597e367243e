import { toProblem, type Problem } from '../api/problem';

/** Something that is loaded from the API: what came, what went wrong, whether it is under way. */
export class Resource<T> {
    data = $state.raw<T | null>(null);
    problem = $state.raw<Problem | null>(null);
    loading = $state(false);
    /** When the data came. */
    loadedAt = $state<string | null>(null);
    #abort: AbortController | null = null;

    constructor(private readonly load: (signal: AbortSignal) => Promise<T>) {}

    /**
     * Loads anew; the answer of an older call is dropped. What was there stays until then; quietly: without a sign
     * that something is under way, for what refreshes itself.
     */
    async reload(how: 'shown' | 'quietly' = 'shown'): Promise<void> {
        this.#abort?.abort();
        const abort = new AbortController();
        this.#abort = abort;
        if (how === 'shown') this.loading = true;
        try {
            const data = await this.load(abort.signal);
            if (abort.signal.aborted) return;
            this.data = data;
            this.problem = null;
            this.loadedAt = new Date().toISOString();
        } catch (reason) {
            if (abort.signal.aborted) return;
            this.problem = toProblem(reason);
        }
        this.loading = false;
    }

    /** Forgets what was there: it is of something else than what is loaded next. */
    drop(): void {
        this.data = this.problem = this.loadedAt = null;
    }

    stop(): void {
        this.#abort?.abort();
    }
}

/**
 * A resource that loads at once, and again whenever what `load` reads before it waits changes.
 * `thing` names what the data are of: where that changes, those of the other one are not shown meanwhile.
 */
export function resource<T>(load: (signal: AbortSignal) => Promise<T>, thing: () => unknown = () => null): Resource<T> {
    const made = new Resource(load);
    let loaded: unknown;
    $effect(() => {
        const now = thing();
        if (now !== loaded) made.drop();
        loaded = now;
        void made.reload();
        return () => made.stop();
    });
    return made;
}
