/** Of many ids those that hold the words, and of these as many as can be shown. */
export function narrow(ids: readonly string[], words: string, most: number): { found: number; shown: string[] } {
    const wanted = words.trim().toLowerCase();
    const found = ids.filter((id) => id.toLowerCase().includes(wanted));
    return { found: found.length, shown: found.slice(0, most) };
}
