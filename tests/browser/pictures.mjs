// Every page in every look: it is accessible, it fits, and its picture is kept where one is asked for.
import { writeFile } from 'node:fs/promises';

import { checkAccessible, checkNoSideways, settle } from './checks.mjs';
import { heading, signIn } from './hands.mjs';
import { newContext, newPage, screenshots, step, world } from './world.mjs';

/** Light, dark, and the width of a phone with German numbers. */
export const looks = [
    { look: 'light', viewport: { width: 1360, height: 900 }, colorScheme: 'light', locale: 'en-US' },
    { look: 'dark', viewport: { width: 1360, height: 900 }, colorScheme: 'dark', locale: 'en-US' },
    { look: 'phone', viewport: { width: 360, height: 740 }, colorScheme: 'light', locale: 'de-DE' },
];
/** Longer pages are cut off here. */
const tallest = { light: 1400, dark: 1400, phone: 1600 };
const quality = 82;

/** WebP, a third of what PNG takes; Playwright itself writes none. */
export async function takePicture(page, name) {
    if (!screenshots) return;
    const look = name.slice(name.lastIndexOf('-') + 1);
    const { width, height } = page.viewportSize();
    const wanted = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width, height: Math.max(height, Math.min(wanted, tallest[look])) });
    await settle(page);
    const devtools = await page.context().newCDPSession(page);
    const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality });
    await devtools.detach();
    await writeFile(`${screenshots}/${name}.webp`, Buffer.from(data, 'base64'));
    await page.setViewportSize({ width, height });
}

/** All looks at once, each in a session of its own. */
export function showPages(what, pages) {
    step(`${what}: every page is accessible and fits, in light and dark and on a phone`, async () => {
        await Promise.all(looks.map((look) => showLook(look, pages)));
    });
}

async function showLook({ look, ...options }, pages) {
    const context = await newContext(world.server.url, options);
    const page = await newPage(context, world.server.url);
    await page.goto('/settings/own');
    await signIn(page);
    await heading(page, 'Settings').waitFor();
    for (const { name, path, act } of pages) {
        await page.goto(path(world.known));
        await settle(page);
        await act?.(page);
        await checkAccessible(page, `${name}, ${look}`, look === 'dark' ? 'colours' : 'all');
        await checkNoSideways(page, `${name}, ${look}`);
        await takePicture(page, `${name}-${look}`);
    }
    await context.close();
}
