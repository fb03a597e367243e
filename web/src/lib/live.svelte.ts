import { LiveConnection, type StreamState } from '../api/stream';
import type { StreamMessage } from '../api/sse';
import type { Alert, Event, Job } from '../api/types';
import { session } from './session.svelte';

const mostKept = 50;

/** What happens on the server, as it happens. Connected while somebody is signed in who may see it. */
class Live {
    state = $state<StreamState>('closed');
    events = $state.raw<readonly Event[]>([]);
    alerts = $state.raw<readonly Alert[]>([]);
    jobs = $state.raw<Readonly<Record<string, Job>>>({});
    /** Grows when messages were missed: what is shown has to be asked for anew, jobs of before too. */
    resets = $state(0);
    #connection: LiveConnection | null = null;

    open(): void {
        this.#connection ??= new LiveConnection({
            // Not decisions: there may be thousands a second, and no page shows each.
            url: '/api/stream?types=event,job,alert',
            fetch: (input, init) => fetch(input, init),
            renew: () => session.client.renew(),
            onMessage: (message) => this.take(message),
            onState: (state) => (this.state = state),
            wait: waitFor,
        });
    }

    close(): void {
        this.#connection?.close();
        this.#connection = null;
        this.events = [];
        this.alerts = [];
        this.jobs = {};
    }

    take(message: StreamMessage): void {
        if (message.event === 'reset') {
            this.jobs = {};
            this.resets += 1;
            return;
        }
        const data: unknown = JSON.parse(message.data);
        if (message.event === 'event') this.events = [data as Event, ...this.events].slice(0, mostKept);
        else if (message.event === 'alert') this.alerts = [data as Alert, ...this.alerts].slice(0, mostKept);
        else if (message.event === 'job') this.jobs = { ...this.jobs, [(data as Job).id]: data as Job };
    }
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
}

export const live = new Live();
