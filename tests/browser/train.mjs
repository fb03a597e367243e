// A version of the model, trained on the purchases that came in, and what it recommends.
import assert from 'node:assert/strict';

import { button } from './hands.mjs';
import { buyer } from './pages.mjs';
import { jobLimitMs, step, world } from './world.mjs';

const serving = (page) => page.locator('main li', { hasText: 'Serves' }).locator('a');

step('trains a version with progress', async () => {
    const { page } = world.shop;
    const { known } = world;
    await page.goto('/models');
    known.first = await serving(page).innerText();
    await button(page, 'Train a version').first().click();
    await page.getByLabel('Recommenders').fill('popularity, content, item_knn, cohort');
    await page.getByLabel(/Try several parameters/).uncheck();
    await button(page, 'Start training').click();
    await page.getByRole('progressbar').waitFor();
    await page.getByText('Training is done.').waitFor({ timeout: jobLimitMs });
    await page.locator('main li', { hasText: known.first }).getByRole('button', { name: /Roll back to it/ }).waitFor();
    known.second = await serving(page).innerText();
    assert.notEqual(known.second, known.first);
});

step('recommends by what was bought, and notes what is taken', async () => {
    const { page } = world.shop;
    await page.goto(`/customers/${buyer}`);
    await page.getByText(/^Because you bought/).first().waitFor();
    await button(page, /^Took it/).first().click();
    await page.getByText('Noted: the customer took it.').waitFor();
    await page.getByText('The event is stored').waitFor();
    await page.goto('/');
    await page.getByText(/^1 of \d+ lists$/).waitFor();
});
