import { checkAccessible } from './checks.mjs';
import { changePassword, heading, signIn } from './hands.mjs';
import { customer } from './pages.mjs';
import { step, world } from './world.mjs';

step('signs in with the one-time password and changes it', async () => {
    const { page, server } = world.shop;
    await page.goto(`/customers/${customer}`);
    await heading(page, 'Sign in').waitFor();
    await checkAccessible(page, 'sign-in');
    await signIn(page, 'not the password');
    await page.getByText('The name or the password is not right.').waitFor();
    await signIn(page, server.password);
    await heading(page, 'Choose your password').waitFor();
    await checkAccessible(page, 'choosing a password');
    await changePassword(page, server.password);
    // Back to where the link led.
    await heading(page, customer).waitFor();
});

step('signs in at the bank too', async () => {
    const { page, server } = world.bank;
    await page.goto('/');
    await signIn(page, server.password);
    await changePassword(page, server.password);
    await heading(page, 'Overview').waitFor();
});
