/** What a decision was asked for, beside the customer. */
export interface DecisionRequest {
    n: number | null;
    categories: string[];
    brands: string[];
    /** Products that were to be left out. */
    excluded: string[];
    /** Products or categories that were to count more, or less. */
    boosts: { subject: string; factor: number }[];
}

type Fields = Record<string, unknown>;

function fields(value: unknown): Fields {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [];
}

const texts = (value: unknown) => list(value).filter((one): one is string => typeof one === 'string');

/** Reads `request` of a decision. */
export function readRequest(request: unknown): DecisionRequest {
    const all = fields(request);
    return {
        n: typeof all['n'] === 'number' ? all['n'] : null,
        categories: texts(all['categories']),
        brands: texts(all['brands']),
        excluded: texts(all['exclude']),
        boosts: list(all['boosts']).map(fields).flatMap(({ subject, factor }) =>
            typeof subject === 'string' && typeof factor === 'number' ? [{ subject, factor }] : [],
        ),
    };
}
