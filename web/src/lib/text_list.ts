/**
 * The entries of a list that is written as one text, and read from it again. An entry of `known` that
 * holds the separator itself, or spaces around it, is found again whole.
 */
export function readTextList(text: string, separator: string, known: readonly string[] = []): string[] {
    const cut = (one: string) => one.split(separator).map((part) => part.trim()).filter((part) => part !== '');
    const whole = known
        .map((entry) => ({ entry, parts: cut(entry) }))
        .filter(({ parts }) => parts.length > 0)
        .sort((a, b) => b.parts.length - a.parts.length);
    const found: string[] = [];
    let rest = cut(text);
    for (let next = rest[0]; next !== undefined; next = rest[0]) {
        const fits = whole.find(({ parts }) => parts.every((part, i) => rest[i] === part));
        found.push(fits?.entry ?? next);
        rest = rest.slice(fits?.parts.length ?? 1);
    }
    return found;
}
