import { describe, expect, it } from 'vitest';

import type { Job } from '../src/api/types';
import { cookieOf } from '../src/lib/cookie';
import { toCsv } from '../src/lib/csv';
import { readImport } from '../src/lib/import_result';
import { hasEnded, newerJob, runningTraining, stageShare } from '../src/lib/jobs';
import { goneFrom, moveOf, movesOf, summaryOf } from '../src/lib/list_change';
import { readReport } from '../src/lib/training_report';
import { actor, counted, failureWords, plain, refusalWords, sentence, settingName, stageWords } from '../src/lib/words';
import { bandPath, bandShare } from '../src/pages/pipeline/band';
import { belongsTo, groups } from '../src/pages/settings/groups';

const listed = (...ids: string[]) => ids.map((product_id, i) => ({ product_id, position: i + 1 }));

describe('changes of a list', () => {
    it('are told for each product', () => {
        const moves = movesOf(listed('a', 'b', 'c'), listed('c', 'b', 'd'));
        expect(moves.get('c')).toEqual({ kind: 'up', by: 2 });
        expect(moves.get('b')).toEqual({ kind: 'same' });
        expect(moves.get('d')).toEqual({ kind: 'new' });
        expect(moveOf(1, 4)).toEqual({ kind: 'down', by: 3 });
        expect(summaryOf([...moves.values()])).toBe('1 new, 1 up');
        expect(summaryOf([{ kind: 'same' }])).toBe('');
        expect(goneFrom(listed('a', 'b'), listed('b'))).toEqual([{ product_id: 'a', position: 1 }]);
    });
});

describe('jobs', () => {
    const job = (state: Job['state'], done = 0, stages: string[] = ['load']): Job => ({
        id: 'j', kind: 'train', state, created_at: '2026-07-04T00:00:00.000Z', started_at: null, ended_at: null,
        created_by: 'account:admin', parameters: {}, has_file: false,
        progress: { stage: stages.at(-1) ?? '', done, total: 10, stages: stages.map((stage) => ({ stage, done: 0, total: 0 })) },
    });

    it('only move forward', () => {
        expect(newerJob(job('running'), job('queued')).state).toBe('running');
        expect(newerJob(job('running'), job('done')).state).toBe('done');
        expect(newerJob(job('running', 9), job('running', 1, ['load', 'als'])).progress.stages).toHaveLength(2);
        expect(newerJob(job('running', 3), job('running', 5)).progress.done).toBe(5);
        expect(newerJob(job('running', 3), undefined).progress.done).toBe(3);
    });

    it('that train are found while they run, the first one first', () => {
        const at = (id: string, hour: string, more: Partial<Job>): Job => ({ ...job('running'), id, created_at: `2026-07-04T${hour}:00:00.000Z`, ...more });
        expect(runningTraining([
            at('ended', '07', { state: 'done' }), at('next', '09', { state: 'queued' }), at('now', '08', {}), at('other', '06', { kind: 'import' }),
        ])?.id).toBe('now');
        expect(runningTraining([at('ended', '10', { state: 'failed' })])).toBeUndefined();
    });

    it('know whether they have ended and how far they are', () => {
        expect((['queued', 'running', 'done', 'failed', 'cancelled'] as const).map((state) => hasEnded(job(state)))).toEqual(
            [false, false, true, true, true],
        );
        expect(stageShare(job('running', 5))).toBe(0.5);
        expect(stageShare({ ...job('running'), progress: { stage: '', done: 5, total: 0, stages: [] } })).toBeNull();
    });
});

describe('files of rejected rows', () => {
    it('quote what has to be, and hold no formulas', () => {
        expect(toCsv(['a', 'b'], [[1, 'x,"y"'], [2, '=1+1']])).toBe(`a,b\r\n1,"x,""y"""\r\n2,'=1+1\r\n`);
    });
});

describe('training reports', () => {
    it('are read as far as they go', () => {
        const report = readReport({
            models: [
                { name: 'als', seconds: 2, validation_ndcg: 0.15, trials: [{ parameters: { factors: 64 }, ndcg: 0.15, seconds: 1 }, { error: 'no' }] },
                'nonsense',
            ],
            validation: { metric: 'ndcg@20' },
            blend: { weights: { als: 0.25, content: 0.75 }, weights_from: 'validation' },
        });
        expect(report.models[0]?.trials).toEqual([
            { parameters: 'factors 64', ndcg: 0.15, error: '', seconds: 1 },
            { parameters: 'as configured', ndcg: null, error: 'no', seconds: null },
        ]);
        expect(report.blend?.weights).toEqual([['content', 0.75], ['als', 0.25]]);
        expect(report.coldBlend).toBeNull();
        expect([report.metric, readReport({}).metric]).toEqual(['NDCG@20', 'NDCG']);
        expect(readReport({}).models).toEqual([]);
    });
});

describe('results of imports', () => {
    const issue = { row: 7, column: 'Quantity', reason: 'out_of_range', value: '-1' };
    const counts = { event: { added: 5, changed: 1, unchanged: 2 } };

    it('are read as jobs keep them, all files together', () => {
        const report = { rows_read: 10, rows_accepted: 9, rows_bad: 1, bad_rows: { count: 1, listed: [{ ...issue, message: 'no' }] } };
        const read = readImport({ message: 'Successfully imported 3 users', counts, reports: [report, report] });
        expect(read).toMatchObject({ message: 'Successfully imported 3 users', rowsRead: 20, rowsAccepted: 18, rowsRejected: 2 });
        expect(read.issues).toEqual([{ ...issue, text: 'no' }, { ...issue, text: 'no' }]);
        expect(read.stored).toEqual([{ kind: 'event', added: 5, changed: 1, unchanged: 2 }]);
    });

    it('tell what the layout leaves out, and what for', () => {
        const report = { rows_read: 10, rows_accepted: 6, rows_bad: 0, rows_skipped: 4, rows_cancelled: 3, rows_without_customer: 2, rows_without_price: 0 };
        expect(readImport({ reports: [report, report] })).toMatchObject({
            rowsLeftOut: 8,
            leftOutFor: [{ cause: 'without_customer', rows: 4 }, { cause: 'cancelled', rows: 6 }],
        });
    });

    it('are read as an upload answers', () => {
        const read = readImport({ report: { rows_read: 2, rows_accepted: 1, rows_rejected: 1, issues: [{ ...issue, text: 'no' }] } });
        expect(read).toMatchObject({ rowsRead: 2, rowsRejected: 1, issues: [{ ...issue, text: 'no' }], stored: [] });
    });
});

describe('words', () => {
    it('are as a person writes them', () => {
        expect(plain('RESIDENTIAL_MORTGAGES')).toBe('Residential mortgages');
        expect(plain('PERS_LOANS')).toBe('Personal loans');
        expect(sentence('users.xlsx: is cut off')).toBe('users.xlsx: is cut off.');
        expect(sentence('user_id: is empty')).toBe('user_id: is empty.');
        expect(sentence('what? a file.')).toBe('What? a file.');
        expect(sentence('the customer holds one of PERS_LOANS')).toBe('The customer holds one of personal loans.');
        expect(['events.max_clock_skew_s', 'ranking.items', 'http.days'].map(settingName)).toEqual(['Maximum clock skew, seconds', 'Items', 'Days']);
        expect(plain('item_knn')).toBe('Item kNN');
        expect(plain('als')).toBe('ALS');
        expect(failureWords('/a/b/upload-IyG-.xlsx: is cut off')).toBe('The file is cut off.');
        expect(failureWords(undefined)).toBe('No cause was given.');
        expect(stageWords('Importing upload-IyG-T_sDq.jsonl.gz')).toBe('Importing the file');
        expect(refusalWords('held')).toBe('Customer has it already');
        expect(refusalWords('something_new')).toBe('Something new');
        expect([actor('account:alex'), actor('key:k_1')]).toEqual(['alex', 'key k_1']);
        expect([counted(1, '1', 'customer'), counted(2, '2', 'customer')]).toEqual(['1 customer', '2 customers']);
    });
});

describe('small parts', () => {
    it('cookies are found by their whole name', () => {
        expect(cookieOf('x_attune_csrf=no; attune_csrf=a%3D=b', 'attune_csrf')).toBe('a==b');
        expect(cookieOf('', 'attune_csrf')).toBeNull();
    });

    it('bands never vanish and never leave their field', () => {
        expect(bandShare(521, 521)).toBe(1);
        expect(bandShare(1, 1_000_000)).toBeGreaterThan(0);
        expect(bandPath(1, 0.5)).toContain('M0 4 ');
    });

    it('every setting is in one group', () => {
        for (const key of ['events.weight_view', 'ranking.items', 'storage.database', 'http.port']) {
            expect(groups.filter((group) => belongsTo(group, key))).toHaveLength(1);
        }
    });
});
