// Runs `attune serve` on a fresh database, for one test.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const startLimitMs = 120_000;
const stopLimitMs = 60_000;
// A few quick recommenders are enough to look at; the journey trains others itself.
const quick = ['--set', 'training.models=popularity, content, cohort', '--set', 'training.tune=false'];

/**
 * @param {string} program  the built `attune`
 * @param {string} pack     what the database holds, with a model trained on it; '' for an empty one
 * @returns {Promise<{url: string, password: string, stop: () => Promise<void>}>}
 */
export async function startServer(program, pack) {
    const folder = await mkdtemp(join(tmpdir(), 'attune-browser-'));
    const database = 'sqlite:attune.db';
    const here = { cwd: folder, maxBuffer: 1 << 26 };
    if (pack !== '') {
        await run(program, ['import', '--database', database, '--pack', pack], here);
        await run(program, ['train', '--database', database, ...quick], here);
    }
    const server = spawn(program, ['serve', '--database', database, '--port', '0', ...quick], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = [];
    server.stderr.on('data', (piece) => log.push(String(piece)));
    const stop = async () => {
        if (server.exitCode === null) {
            const ended = new Promise((resolve) => server.once('exit', resolve));
            server.kill('SIGTERM');
            const timer = setTimeout(() => server.kill('SIGKILL'), stopLimitMs);
            await ended;
            clearTimeout(timer);
        }
        await rm(folder, { recursive: true, force: true });
    };
    try {
        return { ...(await readStart(server, log)), stop };
    } catch (reason) {
        await stop();
        throw reason;
    }
}

/** The address and the one-time password are printed once. */
function readStart(server, log) {
    return new Promise((resolve, reject) => {
        let text = '';
        const timer = setTimeout(() => reject(new Error(`no address after ${startLimitMs} ms:\n${text}${log.join('')}`)), startLimitMs);
        server.once('exit', (code) => reject(new Error(`attune serve ended with ${code}:\n${text}${log.join('')}`)));
        server.stdout.on('data', (piece) => {
            text += piece;
            const url = /serves at (\S+)/.exec(text)?.[1];
            if (url === undefined) return;
            clearTimeout(timer);
            resolve({ url: url.replace(/\/$/, ''), password: /one-time password\s+(\S+)/.exec(text)?.[1] ?? '' });
        });
    });
}
