/** One message of a text/event-stream. */
export interface StreamMessage {
    id: string;
    event: string;
    data: string;
}

/** Takes a stream apart as it comes in, in pieces cut anywhere (WHATWG HTML, 9.2.6). */
export class StreamParser {
    #rest = '';
    #event = '';
    #data: string[] = [];
    #id = '';
    /** Milliseconds to wait before connecting again, where the server said so. */
    retryMs: number | undefined;

    /** The messages that `chunk` completes. */
    push(chunk: string): StreamMessage[] {
        this.#rest += chunk;
        const messages: StreamMessage[] = [];
        // A lone \r at the end may be the first half of \r\n; it waits for the next piece.
        for (let end = this.#rest.search(/\r\n|\n|\r(?!$)/); end >= 0; end = this.#rest.search(/\r\n|\n|\r(?!$)/)) {
            const line = this.#rest.slice(0, end);
            this.#rest = this.#rest.slice(end + (this.#rest.startsWith('\r\n', end) ? 2 : 1));
            const message = this.#line(line);
            if (message) messages.push(message);
        }
        return messages;
    }

    #line(line: string): StreamMessage | null {
        if (line === '') return this.#dispatch();
        const colon = line.indexOf(':');
        if (colon === 0) return null;
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'data') this.#data.push(value);
        else if (field === 'event') this.#event = value;
        else if (field === 'id' && !value.includes('\0')) this.#id = value;
        else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
        return null;
    }

    #dispatch(): StreamMessage | null {
        const message = { id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') };
        const empty = this.#data.length === 0;
        this.#event = '';
        this.#data = [];
        return empty ? null : message;
    }
}
