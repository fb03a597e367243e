// What must hold on every page, whatever it shows.
import assert from 'node:assert/strict';

import { AxeBuilder } from '@axe-core/playwright';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** axe finds nothing; of a page that differs in colours from one that was checked, contrast is enough. */
export async function checkAccessible(page, where, what = 'all') {
    const axe = new AxeBuilder({ page });
    const { violations } = await (what === 'colours' ? axe.withRules(['color-contrast']) : axe.withTags(rules)).analyze();
    const found = violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join('\n    ')}`);
    assert.deepEqual(found, [], `axe on ${where}`);
}

/** Nothing is wider than the window. */
export async function checkNoSideways(page, where) {
    const { scrollWidth, clientWidth } = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return { scrollWidth, clientWidth };
    });
    assert.ok(scrollWidth <= clientWidth, `${where} is ${scrollWidth} px wide in a window of ${clientWidth} px`);
}

/** What has the focus shows it. */
export async function checkFocusSeen(page) {
    const { tag, outline } = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        return { tag: document.activeElement.outerHTML.slice(0, 120), outline: `${outlineStyle} ${outlineWidth}` };
    });
    assert.match(outline, /^(solid|auto) [1-9]/, `the focus is seen on ${tag}`);
}

/** Notes what must not happen: script errors, refusals of the content policy, requests elsewhere. */
export function watch(page, origin, faults) {
    page.on('pageerror', (error) => faults.push(`error on ${page.url()}: ${error.stack}`));
    page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
    });
    page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith('http') && url.origin !== origin) faults.push(`request to ${url.origin}`);
    });
}

/** The page is there, has loaded what it shows, and has drawn its charts. */
export async function settle(page) {
    await page.locator('main h1').first().waitFor();
    await page.locator('main .animate-pulse, main [aria-busy="true"]').first().waitFor({ state: 'detached' });
}
