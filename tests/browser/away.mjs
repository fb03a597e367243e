import assert from 'node:assert/strict';

import { settle } from './checks.mjs';
import { heading } from './hands.mjs';
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
