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
const quality = 0.8;

/** Of the whole page, as WebP: a third of what PNG takes. */
export async function takePicture(page, name) {
    if (!screenshots) return;
    const look = name.slice(name.lastIndexOf('-') + 1);
    const { width, height } = page.viewportSize();
    const wanted = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width, height: Math.max(height, Math.min(wanted, tallest[look])) });
    await settle(page);
    const png = await page.screenshot();
    await page.setViewportSize({ width, height });
    await writeFile(`${screenshots}/${name}.webp`, await toWebp(page.context(), png));
}

/** By the browser's own encoder, on a page without a content policy. */
async function toWebp(context, png) {
    const blank = await context.newPage();
    const url = await blank.evaluate(async ([data, share]) => {
        const image = new Image();
        image.src = `data:image/png;base64,${data}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight });
        canvas.getContext('2d').drawImage(image, 0, 0);
        return canvas.toDataURL('image/webp', share);
    }, [png.toString('base64'), quality]);
    await blank.close();
    return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** All looks at once, each in a session of its own. */
export function showPages(place, pages) {
    step(`${place}: every page is accessible and fits, in light and dark and on a phone`, async () => {
        await Promise.all(looks.map((look) => showLook(look, world[place].server.url, pages)));
    });
}

/** The same for pages that are shown to nobody who is signed in. */
export function showAccessPages(place, pages) {
    step(`${place}: the ways in are accessible and fit, in light and dark and on a phone`, async () => {
        await Promise.all(looks.map((look) => showLook(look, world[place].server.url, pages, 'signed out')));
    });
}

async function showLook({ look, ...options }, url, pages, who = 'signed in') {
    const context = await newContext(url, options);
    const page = await newPage(context, url);
    if (who === 'signed in') {
        await page.goto('/settings/own');
        await signIn(page);
        await heading(page, 'Settings').waitFor();
    }
    for (const { name, path, before, act } of pages) {
        await page.unrouteAll();
        await before?.(page);
        await page.goto(path(world.known));
        await settle(page);
        await act?.(page);
        await checkAccessible(page, `${name}, ${look}`, look === 'dark' ? 'colours' : 'all');
        await checkNoSideways(page, `${name}, ${look}`);
        await takePicture(page, `${name}-${look}`);
    }
    await context.close();
}
