import assert from 'node:assert/strict';

import { step, world } from './world.mjs';

const serving = (page) => page.locator('main li', { hasText: 'Serves' }).locator('a');

step('rolls back, forward, and back again', async () => {
    const { page } = world.shop;
    const { known } = world;
    await page.goto('/models');
    for (const [version, action] of [[known.first, 'Roll back'], [known.second, 'Let it serve'], [known.first, 'Roll back']]) {
        await page.locator('main li', { hasText: version }).getByRole('button', { name: new RegExp(`^${action}`) }).click();
        await page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click();
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        assert.equal(await serving(page).innerText(), version);
    }
    await page.goto(`/models/${known.first}`);
    await page.getByText('This version serves').waitFor();
});
