import { toProblem, type Problem } from '../api/problem';
import type { Job } from '../api/types';
import { hasEnded, newerJob } from './jobs';
import { live } from './live.svelte';
import { api } from './session.svelte';

const pollMs = 1_000;

/** Follows one job until it has ended: by the live stream, and by asking where that is away. */
export class FollowedJob {
    #asked = $state.raw<Job>() as Job;
    problem = $state.raw<Problem | null>(null);
    readonly job: Job = $derived(newerJob(this.#asked, live.jobs[this.#asked.id]));
    readonly ended = $derived(hasEnded(this.job));
    #asking = false;

    constructor(job: Job) {
        this.#asked = job;
        $effect(() => {
            if (this.ended) return;
            const abort = new AbortController();
            const timer = setInterval(() => void this.#ask(abort.signal), pollMs);
            return () => {
                clearInterval(timer);
                abort.abort();
            };
        });
    }

    async cancel(): Promise<void> {
        try {
            this.#asked = (await api.jobs.cancel(this.job.id)).job;
        } catch (reason) {
            this.problem = toProblem(reason);
        }
    }

    async #ask(signal: AbortSignal): Promise<void> {
        if (this.#asking) return;
        this.#asking = true;
        try {
            this.#asked = await api.jobs.get(this.job.id, signal);
            this.problem = null;
        } catch (reason) {
            const problem = toProblem(reason);
            // The service starts again at the end of a restore: that it is away then is no problem.
            const away = this.job.kind === 'restore' && (problem.status === 0 || problem.status === 503);
            if (!signal.aborted && !away) this.problem = problem;
        }
        this.#asking = false;
    }
}
