import { StreamParser, type StreamMessage } from './sse';

export type StreamState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface StreamOptions {
    url: string;
    fetch: typeof fetch;
    /** Renews the session; false when it is over, a rejection when that cannot be known. */
    renew: () => Promise<boolean>;
    onMessage: (message: StreamMessage) => void;
    onState: (state: StreamState) => void;
    wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

/** The wait before the attempt after `failures` failed ones: doubled each time, up to half a minute. */
export function backoffMs(failures: number, serverMs?: number): number {
    return Math.min((serverMs ?? firstWaitMs) * 2 ** Math.max(0, failures - 1), longestWaitMs);
}

/**
 * Reads a stream of server-sent events until it is closed, and takes up again after the last message
 * where the connection breaks. EventSource is not used: it gives up for good when the session has
 * run out, where this renews it.
 */
export class LiveConnection {
    #lastId = '';
    #abort = new AbortController();

    constructor(private readonly options: StreamOptions) {
        void this.#run();
    }

    close(): void {
        this.#abort.abort();
        this.options.onState('closed');
    }

    async #run(): Promise<void> {
        const { signal } = this.#abort;
        let failures = 0;
        let retryMs: number | undefined;
        while (!signal.aborted) {
            this.options.onState('connecting');
            const parser = new StreamParser();
            const outcome = await this.#read(parser, signal);
            if (signal.aborted) return;
            retryMs = parser.retryMs ?? retryMs;
            if (outcome === 'signed-out' && (await this.#isOver())) return this.close();
            if (signal.aborted) return;
            failures = outcome === 'ended' ? 1 : failures + 1;
            this.options.onState('waiting');
            await this.options.wait(backoffMs(failures, retryMs), signal);
        }
    }

    /** False too where the session could not be asked for: that is tried again. */
    async #isOver(): Promise<boolean> {
        try {
            return !(await this.options.renew());
        } catch {
            return false;
        }
    }

    async #read(parser: StreamParser, signal: AbortSignal): Promise<'ended' | 'failed' | 'signed-out'> {
        const headers: Record<string, string> = { Accept: 'text/event-stream' };
        if (this.#lastId !== '') headers['Last-Event-ID'] = this.#lastId;
        try {
            const response = await this.options.fetch(this.options.url, {
                headers, signal, credentials: 'same-origin', cache: 'no-store',
            });
            if (response.status === 401) return 'signed-out';
            if (!response.ok || response.body === null) return 'failed';
            this.options.onState('open');
            await this.#pump(parser, response.body);
            return 'ended';
        } catch {
            return 'failed';
        }
    }

    async #pump(parser: StreamParser, body: ReadableStream<Uint8Array>): Promise<void> {
        const reader = body.getReader();
        const decoder = new TextDecoder();
        for (;;) {
            const { done, value } = await reader.read();
            if (done) return;
            for (const message of parser.push(decoder.decode(value, { stream: true }))) {
                this.#lastId = message.id;
                this.options.onMessage(message);
            }
        }
    }
}
