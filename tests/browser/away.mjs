import assert from 'node:assert/strict';

import { settle } from './checks.mjs';
import { button, heading, until } from './hands.mjs';
import { step, world } from './world.mjs';

step('goes back to where one was', async () => {
    const { page } = world.shop;
    await page.goto('/customers');
    await page.getByLabel('Search').fill('bm-0000');
    await page.waitForURL(/q=bm-0000$/);
    await page.getByRole('row').getByRole('link', { name: 'bm-00003', exact: true }).click();
    await heading(page, 'bm-00003').waitFor();
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.waitForURL(/timeline$/);
    await page.goBack();
    await page.waitForURL(/bm-00003$/);
    await page.getByRole('list', { name: 'Recommended products' }).waitFor();
    await page.goBack();
    await heading(page, 'Customers').waitFor();
    assert.equal(await page.getByLabel('Search').inputValue(), 'bm-0000');
    await page.getByRole('row').getByRole('link', { name: 'bm-00003', exact: true }).waitFor();
    await page.goForward();
    await heading(page, 'bm-00003').waitFor();
});

step('keeps its place in a list, page and depth', async () => {
    const { page } = world.shop;
    const focused = (locator) => locator.and(page.locator(':focus')).waitFor();
    await page.goto('/customers?q=bm-0');
    await settle(page);
    await button(page, 'Next').click();
    await page.waitForURL(/cursor=/);
    await focused(heading(page, 'Customers'));
    await settle(page);
    const second = page.url();
    const last = page.getByRole('row').last().getByRole('link');
    const id = await last.innerText();
    await last.click();
    await heading(page, id).waitFor();
    await page.locator('main header').getByRole('link', { name: 'Customers' }).click();
    await page.waitForURL(second);
    await until(page, () => scrollY > 0);
    await page.getByRole('row').getByRole('link', { name: id, exact: true }).waitFor();
    await button(page, 'Back').click();
    await page.waitForURL(/q=bm-0$/);
    await button(page, 'Back').waitFor({ state: 'detached' });
    // Who comes by a link knows no page before it.
    await page.goto('/customers');
    await page.goto(second);
    await button(page, 'First page').waitFor();
    assert.equal(await button(page, 'Back').count(), 0);
});

step('says so when the network is away, from the kept shell alone', async () => {
    const { page } = world.shop;
    await page.goto('/customers');
    await settle(page);
    await page.evaluate(() => navigator.serviceWorker.ready);
    const kept = await page.evaluate(async () => {
        const requests = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
        return requests.flat().map((request) => new URL(request.url).pathname);
    });
    assert.ok(kept.length > 3, 'the shell is kept');
    assert.deepEqual(kept.filter((path) => /^\/(api|export|upload)/.test(path)), [], 'no answer of the API is kept');
    await page.context().setOffline(true);
    await page.reload();
    await heading(page, 'The server cannot be reached').waitFor();
    await page.context().setOffline(false);
    await heading(page, 'Customers').waitFor();
});
