import assert from 'node:assert/strict';

import { button } from './hands.mjs';
import { step, world } from './world.mjs';

step('exports a file', async () => {
    const { page } = world.shop;
    await page.goto('/customers');
    await button(page, 'Export').click();
    const download = page.waitForEvent('download');
    await button(page, 'Save the file').click();
    assert.equal((await download).suggestedFilename(), 'customers.xlsx');
    assert.equal(await (await download).failure(), null);
});
