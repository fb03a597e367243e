import { describe, expect, it } from 'vitest';

import { LatestSaver } from '../src/lib/latest_saver';
import { narrow } from '../src/lib/narrow';

/** A server that answers when it is told to. */
function server() {
    const sent: string[][] = [];
    const answers: { ok: () => void; no: (reason: Error) => void }[] = [];
    const saver = new LatestSaver((ids: string[]) => {
        sent.push(ids);
        return new Promise<void>((ok, no) => answers.push({ ok, no }));
    });
    return { sent, answers, saver };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('a list that is saved whole', () => {
    it('is saved one time after another, the newest last', async () => {
        const { sent, answers, saver } = server();
        const saved = [saver.save(['a']), saver.save(['a', 'b']), saver.save(['a', 'b', 'c'])];
        expect(sent).toEqual([['a']]);
        answers[0]?.ok();
        await settled();
        expect(sent).toEqual([['a'], ['a', 'b', 'c']]);
        answers[1]?.ok();
        await Promise.all(saved);

        const later = saver.save(['c']);
        answers[2]?.ok();
        await later;
        expect(sent.at(-1)).toEqual(['c']);
    });

    it('is not lost where a newer one is saved, and else says what went wrong', async () => {
        const { answers, saver } = server();
        const first = saver.save(['a']);
        void saver.save(['a', 'b']);
        answers[0]?.no(new Error('busy'));
        await settled();
        answers[1]?.ok();
        await first;

        const last = saver.save(['c']);
        answers[2]?.no(new Error('away'));
        await expect(last).rejects.toThrow('away');
    });
});

describe('many ids', () => {
    it('are narrowed by words, and cut off with their number', () => {
        const ids = ['BM-1', 'bm-2', 'x-1', 'bm-3'];
        expect(narrow(ids, ' bm ', 2)).toEqual({ found: 3, shown: ['BM-1', 'bm-2'] });
        expect(narrow(ids, '', 200)).toEqual({ found: 4, shown: ids });
    });
});
