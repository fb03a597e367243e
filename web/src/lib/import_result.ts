import type { Formatter } from './format';

/** What an import's job tells: the numbers and the rows that were rejected. */
export interface ImportIssue {
    row: number;
    column: string;
    reason: string;
    text: string;
    value: string;
}

export interface ImportSummary {
    message: string;
    rowsRead: number;
    rowsAccepted: number;
    rowsRejected: number;
    /** Rows that a mapping leaves out on purpose; one row may have several causes. */
    rowsLeftOut: number;
    leftOutFor: { cause: string; rows: number }[];
    issues: ImportIssue[];
    /** Records by kind, with how many of them are new. */
    stored: { kind: string; added: number; changed: number; unchanged: number }[];
}

type Fields = Record<string, unknown>;

function fields(value: unknown): Fields {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(value: unknown): Fields[] {
    return Array.isArray(value) ? value.map(fields) : [];
}

const causes = ['without_customer', 'cancelled', 'without_quantity', 'without_price'];
const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Reads the result of an import. Jobs keep the reports of all files as the importer wrote them (`bad_rows`); the
 * answer of `/upload` has one in short form (`issues`). Both are read.
 */
export function readImport(result: unknown): ImportSummary {
    const all = fields(result);
    const reports = Array.isArray(all['reports']) ? list(all['reports']) : [fields(all['report'])];
    const sum = (...keys: string[]) =>
        reports.reduce((total, report) => total + count(keys.map((key) => report[key]).find((value) => value !== undefined)), 0);
    return {
        message: text(all['message']),
        rowsRead: sum('rows_read'),
        rowsAccepted: sum('rows_accepted'),
        rowsRejected: sum('rows_rejected', 'rows_bad'),
        rowsLeftOut: sum('rows_skipped'),
        leftOutFor: causes.map((cause) => ({ cause, rows: sum(`rows_${cause}`) })).filter(({ rows }) => rows > 0),
        issues: reports.flatMap((report) => list(report['issues'] ?? fields(report['bad_rows'])['listed']).map(readIssue)),
        stored: Object.entries(fields(all['counts'])).map(([kind, counts]) => ({
            kind,
            added: count(fields(counts)['added']),
            changed: count(fields(counts)['changed']),
            unchanged: count(fields(counts)['unchanged']),
        })),
    };
}

/** The names of the files that an import's job was given, as their senders called them. */
export function importFiles(parameters: unknown): string[] {
    return list(fields(parameters)['files']).map((file) => text(file['path'])).filter((name) => name !== '');
}

/** "3 read, 2 rejected", for one line. */
export function importWords({ rowsRead, rowsRejected }: ImportSummary, format: Pick<Formatter, 'count'>): string {
    return `${format.count(rowsRead)} read, ${format.count(rowsRejected)} rejected`;
}

function readIssue(issue: Fields): ImportIssue {
    return {
        row: count(issue['row']),
        column: text(issue['column']),
        reason: text(issue['reason']),
        text: text(issue['text'] ?? issue['message']),
        value: text(issue['value']),
    };
}
