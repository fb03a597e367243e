import { api } from './session.svelte';

/**
 * Has the browser save what `url` answers. Asking who is signed in comes first: it renews a session
 * that has run out, which a plain download cannot.
 * @throws Problem
 */
export async function download(url: string): Promise<void> {
    await api.me();
    save(url, '');
}

/** Saves text that the page made itself. */
export function saveText(text: string, name: string, type: string): void {
    const url = URL.createObjectURL(new Blob([text], { type }));
    save(url, name);
    URL.revokeObjectURL(url);
}

function save(url: string, name: string): void {
    const anchor = document.createElement('a');
    anchor.href = url;
    anchor.download = name;
    anchor.click();
}
