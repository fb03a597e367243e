import { asSentence } from '../lib/words';
import type { ProblemDetails } from './types';

/** A request that was refused or did not reach the server, in words that can be shown. */
export class Problem extends Error {
    override readonly name = 'Problem';

    constructor(
        /** 0: no answer came. */
        readonly status: number,
        readonly code: string,
        message: string,
        readonly field: string | undefined = undefined,
        readonly errors: readonly { field: string; message: string }[] = [],
        readonly retryAfterSeconds: number | undefined = undefined,
        readonly requestId: string | undefined = undefined,
    ) {
        super(message);
    }

    /** What is said of one field of a form. */
    of(field: string): string | undefined {
        const found = this.errors.find((error) => error.field === field);
        if (found) return found.message;
        return this.field === field ? this.message : undefined;
    }
}

const words: Readonly<Record<number, string>> = {
    401: 'You are signed out. Please sign in again.',
    403: 'Your account may not do this.',
    404: 'This does not exist, or your account may not see it.',
    409: 'This clashes with what is stored.',
    412: 'Somebody else changed this in the meantime. Load it again, then make your change.',
    413: 'The file or text is larger than the server takes.',
    429: 'Too many requests. Please wait a moment.',
    503: 'The server cannot answer at the moment. Please try again shortly.',
};

function isDetails(body: unknown): body is ProblemDetails {
    return typeof body === 'object' && body !== null && 'detail' in body && 'code' in body;
}

/** Reads an answer that is no success. */
export async function problemOf(response: Response): Promise<Problem> {
    let body: unknown = null;
    try {
        body = await response.json();
    } catch {
        // Something between us and the server answered; its status says enough.
    }
    return problemFrom(response.status, body, response.headers);
}

export function problemFrom(status: number, body: unknown, headers: Pick<Headers, 'get'>): Problem {
    const fallback = words[status] ?? `The server answered with an error (${status}).`;
    const seconds = Number(headers.get('Retry-After') ?? Number.NaN);
    const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
    const requestId = headers.get('X-Request-Id') ?? undefined;
    if (!isDetails(body)) return new Problem(status, 'http', fallback, undefined, [], retryAfter, requestId);
    const message = status === 412 || body.detail === '' ? fallback : asSentence(body.detail);
    return new Problem(status, body.code, message, body.field, body.errors ?? [], retryAfter, body.instance);
}

/** No answer came: the server is away, or the network is. */
export function unreachable(): Problem {
    return new Problem(0, 'unreachable', 'The server cannot be reached. Is the network up, and is Attune running?');
}

export function toProblem(reason: unknown): Problem {
    if (reason instanceof Problem) return reason;
    return new Problem(0, 'unexpected', reason instanceof Error ? reason.message : String(reason));
}
