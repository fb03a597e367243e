// One customer of the bank: reasons, events, the profile, and what the list is made of.
import assert from 'node:assert/strict';

import { checkAccessible, settle } from './checks.mjs';
import { button, heading, pickProduct } from './hands.mjs';
import { customer } from './pages.mjs';
import { step, world } from './world.mjs';

const listOf = (page) => page.getByRole('list', { name: 'Recommended products' });

/** The product of a link to it. */
async function productOf(link) {
    return decodeURIComponent((await link.getAttribute('href')).replace('/products/', ''));
}

step('finds a customer and reads the reasons', async () => {
    const { page } = world.bank;
    await page.goto('/customers');
    await page.getByLabel('Search').fill(customer);
    await page.waitForURL(/q=bm-00001/);
    await page.getByRole('row').getByRole('link', { name: customer, exact: true }).click();
    const list = listOf(page);
    await list.getByRole('listitem').first().waitFor();
    const reason = await list.locator('li li').first().innerText();
    assert.ok(reason.trim().length > 10, 'the first product has a reason in words');
    await list.getByText('how it came about').first().click();
    await list.getByText(/[+-]\d[.,]\d{4}/).first().waitFor();
});

step('sends an event, and the list changes at once', async () => {
    const { page } = world.bank;
    const first = listOf(page).getByRole('heading', { level: 3 }).first().getByRole('link');
    const dismissed = await productOf(first);
    const name = await first.innerText();
    await pickProduct(page, dismissed);
    await page.getByLabel('What the customer did').selectOption('dismiss');
    await button(page, 'Send event').click();
    await page.getByText(`No longer shown: ${name}`).waitFor();
    const links = await listOf(page).getByRole('heading', { level: 3 }).getByRole('link').all();
    assert.ok(links.length > 0 && !(await Promise.all(links.map(productOf))).includes(dismissed), `${dismissed} is gone`);
    await checkAccessible(page, 'a list that has changed');
    Object.assign(world.known, { dismissed, liked: await productOf(links[0]) });
});

step('notes what the customer says of a product', async () => {
    const { page } = world.bank;
    const { known } = world;
    await button(page, /^Interested/).first().click();
    await page.getByText('Noted: interested.').waitFor();
    await page.locator('main').getByText(/The event is stored/).waitFor();
    await listOf(page).getByRole('listitem').filter({ hasText: 'Term deposits' }).first().getByRole('button', { name: /^Took it/ }).click();
    await page.getByText('Noted: the customer took it.').waitFor();
    await page.goto(`/customers/${customer}/timeline`);
    await page.getByText('Liked').waitFor();
    await page.getByText('Bought').waitFor();
    await page.locator('main').getByRole('link', { name: /./ }).first().waitFor();
    assert.ok((await page.locator(`main li a[href="/products/${encodeURIComponent(known.dismissed).replaceAll('.', '%2E')}"]`).count()) > 0);
});

step('edits a customer, and says what cannot be', async () => {
    const { page } = world.bank;
    await page.goto(`/customers/${customer}/profile`);
    await page.getByLabel('Age').fill('200');
    await button(page, 'Save').click();
    await page.getByText('A whole number of years from 0 to 130.').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.ariaInvalid), 'true', 'what is wrong has the focus');
    await page.getByLabel('Age').fill('41');
    await button(page, 'Save').click();
    await page.getByText('The profile was saved.').waitFor();
    await page.getByText('41 years').first().waitFor();
    // The form is not made anew: what had the focus has it still.
    await button(page, 'Save').and(page.locator(':focus')).waitFor();
});

step('asks before an edit is lost', async () => {
    const { page } = world.bank;
    const question = page.getByRole('dialog', { name: 'Leave without saving?' });
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.waitForURL(/timeline$/);
    await page.getByRole('link', { name: 'Profile' }).click();
    await page.waitForURL(/profile$/);
    await page.getByLabel('Location').fill('Porto');
    await page.getByRole('link', { name: 'Timeline' }).click();
    await question.getByRole('button', { name: 'Stay here' }).click();
    await page.getByRole('link', { name: 'Timeline' }).and(page.locator(':focus')).waitFor();
    await page.goBack();
    await question.getByRole('button', { name: 'Stay here' }).click();
    await question.waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Location').inputValue(), 'Porto');
    assert.match(page.url(), /profile$/);
    await page.getByRole('link', { name: 'Timeline' }).click();
    await question.getByRole('button', { name: 'Leave without saving' }).click();
    await page.waitForURL(/timeline$/);
    await page.getByRole('link', { name: 'Profile' }).click();
    await page.waitForURL(/profile$/);
});

step('tells of a save that fails after its page was left', async () => {
    const { page } = world.bank;
    const route = `**/api/users/${customer}`;
    let release;
    const left = new Promise((resolve) => (release = resolve));
    await page.route(route, async (request) => {
        if (request.request().method() !== 'PATCH') return request.continue();
        await left;
        await request.fulfill({ status: 503, body: '{}' });
    });
    await page.getByLabel('Location').fill('Porto');
    await button(page, 'Save').click();
    await page.getByRole('link', { name: 'Jobs' }).click();
    await heading(page, 'Jobs').waitFor();
    release();
    await page.getByText(`The profile of ${customer} was not saved.`).waitFor();
    await page.unroute(route);
    await page.goto(`/customers/${customer}/profile`);
});

step('goes elsewhere while a profile is being saved', async () => {
    const { page } = world.bank;
    const route = `**/api/users/${customer}`;
    let release;
    const left = new Promise((resolve) => (release = resolve));
    await page.route(route, async (request) => {
        if (request.request().method() === 'PATCH') await left;
        await request.continue();
    });
    await page.getByLabel('Location').fill('Lisbon');
    await button(page, 'Save').click();
    await page.getByRole('link', { name: 'Jobs' }).click();
    await heading(page, 'Jobs').waitFor();
    release();
    await page.getByText('The profile was saved.').last().waitFor();
    await page.unroute(route);
    assert.deepEqual(world.faults, []);
});

step('answers what if, and why not', async () => {
    const { page } = world.bank;
    const { known } = world;
    await page.goto(`/customers/${customer}/what-if`);
    await page.getByLabel('Age').fill('23');
    await page.locator('main [aria-live] ol li').first().waitFor();
    await checkAccessible(page, 'a supposed list');
    await page.goto(`/customers/${customer}/why-not`);
    await pickProduct(page, known.dismissed);
    await page.waitForURL(/product=/);
    await page.getByText('Customer dismissed it', { exact: true }).waitFor();
});

step('computes a decision again', async () => {
    const { page } = world.bank;
    const { known } = world;
    await page.goto(`/customers/${customer}/decisions`);
    await page.locator('main ul time').first().click();
    await heading(page, 'Decision').waitFor();
    known.decision = new URL(page.url()).pathname;
    await button(page, 'Compute it again').click();
    await page.getByText(/Computed again, the list/).waitFor();
});

step('edits a product', async () => {
    const { page } = world.bank;
    const { known } = world;
    await page.goto(`/products/${encodeURIComponent(known.liked).replaceAll('.', '%2E')}`);
    await page.getByRole('link', { name: 'Edit' }).click();
    await heading(page, 'Edit product').waitFor();
    known.product = new URL(page.url()).pathname.replace(/\/edit$/, '');
    await page.getByLabel('Minimum age').fill('21');
    await button(page, 'Save').click();
    await page.getByText('The product was saved.').waitFor();
    await settle(page);
    await page.getByText('21 years').waitFor();
});
