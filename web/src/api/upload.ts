import { Problem, problemFrom, unreachable } from './problem';
import type { Job } from './types';

export interface UploadOptions {
    onError: 'stop' | 'skip';
    mapping?: string;
    kind?: string;
}

/**
 * Sends a file and answers with the job that imports it. XMLHttpRequest, for fetch does not tell how
 * much has been sent.
 * @throws Problem; DOMException "AbortError" when `signal` stopped it
 */
export function uploadFile(
    file: File,
    options: UploadOptions,
    csrfToken: string,
    idempotencyKey: string,
    onSent: (share: number) => void,
    signal: AbortSignal,
): Promise<Job> {
    const form = new FormData();
    form.set('on_error', options.onError);
    form.set('wait', 'false');
    if (options.mapping) form.set('mapping', options.mapping);
    if (options.kind) form.set('kind', options.kind);
    form.set('file', file);
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open('POST', '/upload');
        request.responseType = 'json';
        request.setRequestHeader('X-CSRF-Token', csrfToken);
        request.setRequestHeader('Idempotency-Key', idempotencyKey);
        request.upload.onprogress = (event) => {
            if (event.lengthComputable) onSent(event.loaded / event.total);
        };
        request.onload = () => {
            const body: unknown = request.response;
            if (request.status === 202) return resolve((body as { job: Job }).job);
            reject(problemFrom(request.status, body, { get: (name) => request.getResponseHeader(name) }));
        };
        request.onerror = () => void notSent(file).then(reject);
        request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
        signal.addEventListener('abort', () => request.abort(), { once: true });
        request.send(form);
    });
}

/** Why no answer came. A file that was changed after it was chosen cannot be read any more. */
export async function notSent(file: Blob): Promise<Problem> {
    try {
        await file.slice(0, 1).arrayBuffer();
    } catch {
        return new Problem(0, 'file_changed', 'The file was changed since you chose it. Please choose it again.');
    }
    return unreachable();
}
