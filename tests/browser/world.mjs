// What all steps share: a browser, a server that purchases are imported into, and a bank's of its own,
// which stays without them. Steps build on each other, so
// that after one that failed the others are left out.
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { watch } from './checks.mjs';
import { startServer } from './server.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = process.env.ATTUNE ?? `${root}build/release/attune`;
export const screenshots = process.env.ATTUNE_SCREENSHOTS;
export const ownPassword = 'seven calm otters sing';
/** Machines are slow at times: these only end what would never come. */
export const jobLimitMs = 600_000;
const waitLimitMs = 60_000;

const desktop = { viewport: { width: 1360, height: 900 }, locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce' };

/** Filled before the first step; `known` keeps what later steps and pages need to know. */
export const world = { browser: null, shop: null, bank: null, faults: [], known: {} };

before(async () => {
    world.browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    await Promise.all(['shop', 'bank'].map(async (place) => {
        const server = await startServer(program, 'bank');
        world[place] = { server };
        const context = await newContext(server.url);
        world[place] = { server, context, page: await newPage(context, server.url) };
    }));
});

after(async () => {
    await world.browser?.close();
    await Promise.all([world.shop, world.bank].map((place) => place?.server.stop()));
});

export function newContext(url, options = {}) {
    return world.browser.newContext({ ...desktop, ...options, baseURL: url, acceptDownloads: true });
}

/** A tab of its own, whose faults count as the others' do. */
export async function newPage(context, url) {
    const page = await context.newPage();
    page.setDefaultTimeout(waitLimitMs);
    watch(page, url, world.faults);
    return page;
}

let failed = '';

export function step(name, run) {
    test(name, async (t) => {
        if (failed !== '') return t.skip(`"${failed}" failed`);
        try {
            await run();
        } catch (reason) {
            failed = name;
            await picture();
            throw reason;
        }
    });
}

/** How the window looked when a step failed. */
async function picture() {
    const folder = `${root}build/browser`;
    await mkdir(folder, { recursive: true });
    const open = world.browser?.contexts().flatMap((context) => context.pages()) ?? [];
    for (const [i, page] of open.entries()) await page.screenshot({ path: `${folder}/failed-${i + 1}.png` }).catch(() => {});
}
