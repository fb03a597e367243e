import assert from 'node:assert/strict';

import { checkAccessible } from './checks.mjs';
import { button, heading } from './hands.mjs';
import { jobLimitMs, step, world } from './world.mjs';

const customer = 'bm-00007';

step('backs the data up, and puts it back while the service runs', async () => {
    const { page } = world.shop;
    const job = (kind, state) => page.locator('main li')
        .filter({ has: page.getByText(kind, { exact: true }) })
        .filter({ has: page.getByText(state, { exact: true }) }).first();
    await page.goto('/jobs');
    await button(page, 'Back up the data').click();
    await job('Backup', 'Done').waitFor({ timeout: jobLimitMs });
    const removed = await page.evaluate(async (id) => {
        const [, token] = /attune_csrf=([^;]+)/.exec(document.cookie);
        return (await fetch(`/api/users/${id}`, { method: 'DELETE', headers: { 'X-CSRF-Token': token } })).status;
    }, customer);
    assert.equal(removed, 200);
    await job('Backup', 'Done').getByRole('button', { name: /^Restore/ }).click();
    await page.getByRole('dialog', { name: /^Restore the data of/ }).waitFor();
    await checkAccessible(page, 'the question before a restore');
    await page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click();
    await job('Restore', 'Done').waitFor({ timeout: jobLimitMs });
    await page.goto(`/customers/${customer}`);
    await heading(page, customer).waitFor();
});
