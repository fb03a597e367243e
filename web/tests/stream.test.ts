import { describe, expect, it, vi } from 'vitest';

import { StreamParser, type StreamMessage } from '../src/api/sse';
import { backoffMs, LiveConnection, type StreamState } from '../src/api/stream';

const text = ': comment\r\nid: 7\nevent: job\ndata: {"a":1}\n\nid: 8\rdata: one\rdata: two\r\rretry: 250\nfoo: bar\n\ndata\n\n';
const expected: StreamMessage[] = [
    { id: '7', event: 'job', data: '{"a":1}' },
    { id: '8', event: 'message', data: 'one\ntwo' },
    { id: '8', event: 'message', data: '' },
];

describe('StreamParser', () => {
    it('reads fields, comments and every kind of line end', () => {
        const parser = new StreamParser();
        expect(parser.push(text)).toEqual(expected);
        expect(parser.retryMs).toBe(250);
    });

    it('gives the same wherever the text is cut', () => {
        for (let size = 1; size < 12; ++size) {
            const parser = new StreamParser();
            const messages: StreamMessage[] = [];
            for (let at = 0; at < text.length; at += size) messages.push(...parser.push(text.slice(at, at + size)));
            expect(messages).toEqual(expected);
        }
    });

    it('gives no message that is not complete', () => {
        const parser = new StreamParser();
        expect(parser.push('id: 1\ndata: x\n')).toEqual([]);
        expect(parser.push('\n')).toHaveLength(1);
    });
});

describe('backoffMs', () => {
    it('doubles up to half a minute', () => {
        expect([1, 2, 3, 10].map((failures) => backoffMs(failures))).toEqual([1000, 2000, 4000, 30_000]);
        expect(backoffMs(1, 250)).toBe(250);
    });
});

/** Connects to a server that gives the answers in turn and then no more. */
async function connect(answers: (string | number)[], renew = async () => true) {
    const asked: (string | undefined)[] = [];
    const messages: StreamMessage[] = [];
    const states: StreamState[] = [];
    const waits: number[] = [];
    await new Promise<void>((resolve) => {
        const connection = new LiveConnection({
            url: '/api/stream',
            fetch: async (_url, init) => {
                asked.push((init?.headers as Record<string, string>)['Last-Event-ID']);
                const answer = answers.shift();
                if (typeof answer === 'number') return new Response('', { status: answer });
                if (answer === undefined) throw new TypeError('no network');
                return new Response(answer, { status: 200 });
            },
            renew,
            onMessage: (message) => messages.push(message),
            onState: (state) => {
                states.push(state);
                if (state === 'closed') resolve();
            },
            wait: async (ms) => {
                waits.push(ms);
                if (waits.length > 3) connection.close();
            },
        });
    });
    return { asked, messages, states, waits };
}

describe('LiveConnection', () => {
    it('takes up again after the last message', async () => {
        const { asked, messages } = await connect(['id: 41\ndata: a\n\nid: 42\ndata: b\n\n', 'id: 43\ndata: c\n\n']);
        expect(messages.map((message) => message.data)).toEqual(['a', 'b', 'c']);
        expect(asked.slice(0, 3)).toEqual([undefined, '42', '43']);
    });

    it('renews a session that has run out', async () => {
        const renew = vi.fn(async () => true);
        const { messages, states } = await connect([401, 'id: 1\ndata: a\n\n'], renew);
        expect(renew).toHaveBeenCalledTimes(1);
        expect(messages).toHaveLength(1);
        expect(states).toContain('open');
    });

    it('ends where the session cannot be renewed', async () => {
        const { asked, states } = await connect([401, 'data: never\n\n'], async () => false);
        expect(asked).toHaveLength(1);
        expect(states.at(-1)).toBe('closed');
    });

    it('goes on where the session could not be asked for', async () => {
        let away = true;
        const renew = async () => {
            if (!away) return true;
            away = false;
            throw new TypeError('no network');
        };
        const { messages } = await connect([401, 401, 'data: a\n\n'], renew);
        expect(messages).toHaveLength(1);
    });

    it('waits longer after each failure and as at first after a success', async () => {
        const { waits } = await connect([503, 503, 'data: a\n\n']);
        expect(waits.slice(0, 4)).toEqual([1000, 2000, 1000, 2000]);
    });
});
