// Two tabs of one browser share the session, and tell each other when it ends or begins.
import assert from 'node:assert/strict';

import { checkAccessible } from './checks.mjs';
import { heading, signIn } from './hands.mjs';
import { newPage, step, world } from './world.mjs';

step('signing out in one tab signs out the other, which says why', async () => {
    const { page, context, server } = world.shop;
    const other = await newPage(context, server.url);
    await other.goto('/models');
    await heading(other, 'Models').waitFor();
    await page.goto('/products');
    await heading(page, 'Products').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    await heading(other, 'Sign in').waitFor();
    await other.getByText('You signed out in another tab.').waitFor();

    // Signing in again brings both back to where they were.
    await signIn(other);
    await heading(other, 'Sign in').waitFor({ state: 'detached' });
    await heading(other, 'Models').waitFor();
    await heading(page, 'Products').waitFor();
    await other.close();
});

step('what was typed is still there after signing in again', async () => {
    const { page, context, server } = world.shop;
    const other = await newPage(context, server.url);
    await other.goto('/settings/weights');
    const field = other.locator('main input[inputmode="decimal"]').first();
    await field.fill('0.123');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    await other.getByText('You signed out in another tab.').waitFor();
    await checkAccessible(other, 'signing in over a page');
    await other.keyboard.press('Escape');
    await other.keyboard.press('Escape');
    await signIn(other);
    await heading(other, 'Sign in').waitFor({ state: 'detached' });
    assert.equal(await field.inputValue(), '0.123');
    await field.and(other.locator(':focus')).waitFor();
    await heading(page, 'Products').waitFor();

    // It is not lost by a link or a step back either, unless that is wanted.
    const question = other.getByRole('dialog', { name: 'Leave without saving?' });
    await other.getByRole('link', { name: 'Rules' }).click();
    await question.getByRole('button', { name: 'Stay here' }).click();
    await question.waitFor({ state: 'detached' });
    assert.equal(await field.inputValue(), '0.123');
    await other.getByRole('link', { name: 'Rules' }).click();
    await checkAccessible(other, 'the question before leaving');
    await question.getByRole('button', { name: 'Leave without saving' }).click();
    await other.waitForURL(/rules$/);
    await other.close();
});
