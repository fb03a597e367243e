/**
 * An id as one segment of a page's address. Dots are encoded too: the server takes a last segment
 * with a dot for a file.
 */
export function segment(id: string): string {
    return encodeURIComponent(id).replaceAll('.', '%2E');
}
