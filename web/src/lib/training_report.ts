/** What a training reports; fields that are not there are left out of the charts. */
export interface Trial {
    parameters: string;
    ndcg: number | null;
    error: string;
    seconds: number | null;
}

export interface ModelReport {
    name: string;
    seconds: number | null;
    ndcg: number | null;
    parameters: [string, string][];
    trials: Trial[];
}

export interface BlendReport {
    weights: [string, number][];
    weightsFrom: string;
    ndcg: number | null;
}

export interface TrainingReport {
    /** What the choices were measured by: "NDCG@20". */
    metric: string;
    models: ModelReport[];
    blend: BlendReport | null;
    coldBlend: BlendReport | null;
    leftOut: { name: string; why: string }[];
}

type Fields = Record<string, unknown>;

function fields(value: unknown): Fields {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(value: unknown): Fields[] {
    return Array.isArray(value) ? value.map(fields) : [];
}

function number(value: unknown): number | null {
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function text(value: unknown): string {
    return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
}

export function readReport(report: object): TrainingReport {
    const all = fields(report);
    return {
        metric: metricName(text(fields(all['validation'])['metric'])),
        models: list(all['models']).map(readModel),
        blend: readBlend(all['blend']),
        coldBlend: readBlend(all['cold_blend']),
        leftOut: list(all['left_out']).map((entry) => ({ name: text(entry['name']), why: text(entry['why']) })),
    };
}

/** As people write it, "NDCG@20"; reports of before do not say how long the lists were. */
export function metricName(metric: string | null | undefined): string {
    return metric ? metric.toUpperCase() : 'NDCG';
}

function readModel(entry: Fields): ModelReport {
    return {
        name: text(entry['name']),
        seconds: number(entry['seconds']),
        ndcg: number(entry['validation_ndcg']),
        parameters: parametersOf(entry['parameters']),
        trials: list(entry['trials']).map((trial) => ({
            parameters: parametersOf(trial['parameters']).map((pair) => pair.join(' ')).join(', ') || 'as configured',
            ndcg: number(trial['ndcg']),
            error: text(trial['error']),
            seconds: number(trial['seconds']),
        })),
    };
}

function parametersOf(value: unknown): [string, string][] {
    return Object.entries(fields(value)).map(([name, held]) => [name, text(held)]);
}

function readBlend(value: unknown): BlendReport | null {
    const blend = fields(value);
    const weights = Object.entries(fields(blend['weights'])).flatMap(([name, weight]): [string, number][] => {
        const read = number(weight);
        return read === null ? [] : [[name, read]];
    });
    if (weights.length === 0) return null;
    weights.sort((a, b) => b[1] - a[1]);
    return { weights, weightsFrom: text(blend['weights_from']), ndcg: number(blend['validation_ndcg']) };
}
