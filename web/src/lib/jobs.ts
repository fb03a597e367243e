import type { Job } from '../api/types';

export function hasEnded(job: Job): boolean {
    return job.state === 'done' || job.state === 'failed' || job.state === 'cancelled';
}

const order: Readonly<Record<Job['state'], number>> = { queued: 0, running: 1, done: 2, failed: 2, cancelled: 2 };

/** Of two views of a job the later one: jobs only move forward. */
export function newerJob(a: Job, b: Job | undefined): Job {
    if (!b || b.id !== a.id) return a;
    const byState = order[b.state] - order[a.state];
    if (byState !== 0) return byState > 0 ? b : a;
    const byStage = b.progress.stages.length - a.progress.stages.length;
    if (byStage !== 0) return byStage > 0 ? b : a;
    return b.progress.done >= a.progress.done ? b : a;
}

/** The training that runs, or is the next to run: one runs at a time. */
export function runningTraining(jobs: Iterable<Job>): Job | undefined {
    return [...jobs]
        .filter((job) => job.kind === 'train' && !hasEnded(job))
        .sort((a, b) => a.created_at.localeCompare(b.created_at))[0];
}

/** How much of the running stage is done; null where its length is not known. */
export function stageShare(job: Job): number | null {
    const { done, total } = job.progress;
    return total > 0 ? Math.min(done / total, 1) : null;
}
