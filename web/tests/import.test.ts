import { describe, expect, it } from 'vitest';

import { notSent } from '../src/api/upload';
import { formatter } from '../src/lib/format';
import { importFiles, importWords, readImport } from '../src/lib/import_result';

describe('jobs that imported', () => {
    it('name their files', () => {
        expect(importFiles({ files: [{ path: 'december.csv' }, { path: 'a.xlsx', mapping: 'retail' }, {}], on_error: 'skip' })).toEqual([
            'december.csv', 'a.xlsx',
        ]);
        expect([null, undefined, {}, { files: 'x' }].map(importFiles)).toEqual([[], [], [], []]);
    });

    it('say in one line what came of them', () => {
        const result = readImport({ reports: [{ rows_read: 1200, rows_accepted: 1198, rows_bad: 2 }] });
        expect(importWords(result, formatter('en-US'))).toBe('1,200 read, 2 rejected');
    });
});

describe('a file that did not arrive', () => {
    it('was changed where it cannot be read, and else met no server', async () => {
        const changed = { slice: () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }) } as unknown as Blob;
        expect((await notSent(changed)).code).toBe('file_changed');
        expect((await notSent(new Blob(['a']))).code).toBe('unreachable');
        expect((await notSent(new Blob([]))).code).toBe('unreachable');
    });
});
