type Json = unknown;

function isObject(value: Json): value is Record<string, Json> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equal in content, whatever the order of keys. */
export function sameJson(a: Json, b: Json): boolean {
    if (Array.isArray(a) && Array.isArray(b)) {
        return a.length === b.length && a.every((value, i) => sameJson(value, b[i]));
    }
    if (isObject(a) && isObject(b)) {
        const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
        return [...keys].every((key) => sameJson(a[key], b[key]));
    }
    return Object.is(a, b);
}

/** The RFC 7396 patch that makes `before` into `after`; {} where nothing changed. */
export function mergePatch(before: object, after: object): Record<string, Json> {
    const from = before as Record<string, Json>;
    const to = after as Record<string, Json>;
    const patch: Record<string, Json> = {};
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
        const [old, now] = [from[key], to[key]];
        if (now === undefined) {
            if (old !== undefined) patch[key] = null;
        } else if (isObject(old) && isObject(now)) {
            const inner = mergePatch(old, now);
            if (Object.keys(inner).length > 0) patch[key] = inner;
        } else if (!sameJson(old, now)) {
            patch[key] = now;
        }
    }
    return patch;
}
