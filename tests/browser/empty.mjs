// A database with nothing in it: every page says what is missing and what to do.
import { checkAccessible, checkNoSideways, settle } from './checks.mjs';
import { button, changePassword, dropFile, heading, signIn } from './hands.mjs';
import { startServer } from './server.mjs';
import { jobLimitMs, newContext, newPage, program, root, step, world } from './world.mjs';

const pages = [
    { path: '/', says: 'No model is trained yet' },
    { path: '/customers', says: 'There are no customers yet' },
    { path: '/products', says: 'There are no products yet' },
    { path: '/models', says: 'No model is trained yet' },
    { path: '/pipeline', says: 'Choose a customer' },
    { path: '/jobs', says: 'No job has run yet' },
    { path: '/customers/nobody', says: 'There is no customer' },
];

step('says what to do where nothing is stored yet', async () => {
    const server = await startServer(program, '');
    try {
        const context = await newContext(server.url);
        const page = await newPage(context, server.url);
        await page.goto('/');
        await signIn(page, server.password);
        await changePassword(page, server.password);
        await heading(page, 'Overview').waitFor();
        for (const { path, says } of pages) {
            await page.goto(path);
            await settle(page);
            await page.getByText(says).first().waitFor();
            await checkAccessible(page, `${path}, empty`);
            await checkNoSideways(page, `${path}, empty`);
        }
        // The way out of it.
        await page.goto('/customers');
        await page.getByRole('link', { name: 'Import a file' }).click();
        await dropFile(page, `${root}data/retail/online_retail_II_2sheets_34766.xlsx`);
        await button(page, /^Import /).click();
        await page.getByText(/^Successfully imported \d+ users$/).waitFor({ timeout: jobLimitMs });
        await page.getByRole('link', { name: 'Customers' }).first().click();
        await page.getByRole('row').nth(1).waitFor();
        await context.close();
    } finally {
        await server.stop();
    }
});
