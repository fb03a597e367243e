// A person's way through the application, on the real server with real data.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { checkAccessible, checkNoSideways, settle, watch } from './checks.mjs';
import { customer, looks, pages } from './pages.mjs';
import { startServer } from './server.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = process.env.ATTUNE ?? `${root}build/release/attune`;
const screenshots = process.env.ATTUNE_SCREENSHOTS;
const workbook = `${root}data/retail/OnlineRetail_first70051.xlsx`;
const ownPassword = 'seven calm otters sing';
const jobLimitMs = 300_000;

let server;
let browser;
let page;
let faults;

before(async () => {
    server = await startServer(program);
    browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    const context = await browser.newContext({ ...looks[0], baseURL: server.url, acceptDownloads: true });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    faults = watch(page, server.url);
});

after(async () => {
    await browser?.close();
    await server?.stop();
});

const button = (name) => page.getByRole('button', { name, exact: typeof name === 'string' });
const heading = (name) => page.getByRole('heading', { level: 1, name });

test('signs in with the one-time password and changes it', async () => {
    await page.goto(`/customers/${customer}`);
    await heading('Sign in').waitFor();
    await checkAccessible(page, 'sign-in');
    await page.getByLabel('Name').fill('administrator');
    await page.getByLabel('Password').fill('not the password');
    await button('Sign in').click();
    await page.getByText('The name or the password is not right.').waitFor();
    await page.getByLabel('Password').fill(server.password);
    await button('Sign in').click();
    await heading('Choose your password').waitFor();
    await checkAccessible(page, 'choosing a password');
    await page.getByLabel('One-time password').fill(server.password);
    await page.getByLabel('New password', { exact: true }).fill(ownPassword);
    await page.getByLabel('New password once more').fill(ownPassword);
    await button('Change password').click();
    // Back to where the link led.
    await heading(customer).waitFor();
});

test('imports the workbook and tells which rows it rejects', async () => {
    await page.goto('/customers/import');
    await page.locator('input[type=file]').setInputFiles(workbook);
    await button(/^Import OnlineRetail/).click();
    await page.getByText(/^Successfully imported \d+ users$/).waitFor({ timeout: jobLimitMs });
    await page.getByText('Rows read').waitFor();
    await page.getByText('70,051').waitFor();
    await checkAccessible(page, 'a finished import');
});

test('shows reasons, and an event changes the list at once', async () => {
    await page.goto(`/customers/${customer}`);
    const list = page.getByRole('list', { name: 'Recommended products' });
    await list.getByRole('listitem').first().waitFor();
    const first = await list.getByRole('heading', { level: 3 }).first().innerText();
    const reason = await list.locator('li li').first().innerText();
    assert.ok(reason.trim().length > 10, 'the first product has a reason in words');
    await list.getByText('how it came about').first().click();
    await list.getByText(/[+-]\d[.,]\d{4}/).first().waitFor();

    await page.getByRole('combobox', { name: 'Product' }).fill(first);
    await page.getByRole('listbox').getByRole('option').first().click();
    await page.getByLabel('What the customer did').selectOption('dismiss');
    await button('Send event').click();
    await page.getByText(`No longer shown: ${first}`).waitFor();
    await checkAccessible(page, 'a list that has changed');
});

test('edits a customer, and says what cannot be', async () => {
    await page.goto(`/customers/${customer}/profile`);
    await page.getByLabel('Age').fill('200');
    await button('Save').click();
    await page.getByText('A whole number of years from 0 to 130.').waitFor();
    await page.getByLabel('Age').fill('41');
    await button('Save').click();
    await page.getByText('The profile was saved.').waitFor();
    await page.getByText('41 years').first().waitFor();
});

test('answers what if, and why not', async () => {
    await page.goto(`/customers/${customer}/what-if`);
    await page.getByLabel('Age').fill('23');
    await page.locator('main [aria-live] ol li').first().waitFor();
    await checkAccessible(page, 'a supposed list');
    await page.goto(`/customers/${customer}/why-not`);
    await page.getByRole('combobox', { name: 'Product' }).fill('loan');
    await page.getByRole('listbox').getByRole('option').first().click();
    await page.waitForURL(/product=/);
    await page.locator('main').getByText(/Score|Customer|Ranks|Switched|It is recommended/).first().waitFor();
});

test('computes a decision again', async () => {
    await page.goto(`/customers/${customer}/decisions`);
    await page.locator('main ul time').first().click();
    await button('Compute it again').click();
    await page.getByText(/Computed again, the list/).waitFor();
});

test('trains with progress and rolls back', async () => {
    await page.goto('/models');
    const before = await page.locator('main li', { hasText: 'Serves' }).locator('a').innerText();
    await button('Train a version').first().click();
    await page.getByLabel('Recommenders').fill('popularity, content');
    await page.getByLabel(/Try several parameters/).uncheck();
    await button('Start training').click();
    await page.getByText('Training is done.').waitFor({ timeout: jobLimitMs });
    await page.locator('main li', { hasText: before }).getByRole('button', { name: /Roll back to it/ }).click();
    await button('Roll back').click();
    await page.getByText(`Version ${before} serves now.`).waitFor();
});

test('exports a file', async () => {
    await page.goto('/customers');
    await button('Export').click();
    const download = page.waitForEvent('download');
    await button('Save the file').click();
    assert.equal((await download).suggestedFilename(), 'customers.xlsx');
});

for (const { look, ...options } of looks) {
    test(`every page is accessible and fits: ${look}`, { timeout: 600_000 }, async () => {
        const state = await page.context().storageState();
        const context = await browser.newContext({ ...options, baseURL: server.url, storageState: state });
        const shown = await context.newPage();
        const seen = watch(shown, server.url);
        for (const { name, path } of pages) {
            await shown.goto(path);
            await settle(shown);
            await checkAccessible(shown, `${name}, ${look}`);
            await checkNoSideways(shown, `${name}, ${look}`);
            if (screenshots) await shown.screenshot({ path: `${screenshots}/${name}-${look}.png` });
        }
        // The session may have been renewed here: a used token must not be used again.
        await page.context().clearCookies();
        await page.context().addCookies(await context.cookies());
        await context.close();
        assert.deepEqual(seen, []);
    });
}

test('says so when the network is away, from the kept shell alone', async () => {
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
    await heading('The server cannot be reached').waitFor();
    await page.context().setOffline(false);
    await heading('Customers').waitFor();
});

test('signs out, and nothing but itself was ever asked for', async () => {
    await button('Sign out').click();
    await heading('Sign in').waitFor();
    await page.goto('/models');
    await heading('Sign in').waitFor();
    assert.deepEqual(faults, []);
});
