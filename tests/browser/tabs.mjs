// Two tabs of one browser share the session, and tell each other when it ends or begins.
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
    await heading(other, 'Models').waitFor();
    await heading(page, 'Products').waitFor();
    await other.close();
});
