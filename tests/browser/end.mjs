import assert from 'node:assert/strict';

import { button, heading } from './hands.mjs';
import { step, world } from './world.mjs';

step('signs out, and nothing but itself was ever asked for', async () => {
    const { page } = world.shop;
    await button(page, 'Sign out').click();
    await page.getByText('You are signed out.').waitFor();
    await page.goto('/models');
    await heading(page, 'Sign in').waitFor();
    assert.deepEqual(world.faults, []);
});
