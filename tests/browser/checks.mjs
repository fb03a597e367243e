// What must hold on every page, whatever it shows.
import assert from 'node:assert/strict';

import { AxeBuilder } from '@axe-core/playwright';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** axe finds nothing. */
export async function checkAccessible(page, where) {
    const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
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

/** Notes what must not happen: script errors, refusals of the content policy, requests elsewhere. */
export function watch(page, origin) {
    const faults = [];
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
    });
    page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith('http') && url.origin !== origin) faults.push(`request to ${url.origin}`);
    });
    return faults;
}

/** The page is there and has loaded what it shows. */
export async function settle(page) {
    await page.locator('main h1').first().waitFor();
    // Not waitForFunction: it evaluates text, which the content policy refuses.
    await page.locator('main .animate-pulse').first().waitFor({ state: 'detached' });
    await page.waitForTimeout(600); // charts draw themselves in
}
