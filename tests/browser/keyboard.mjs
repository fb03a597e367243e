// The main path without a mouse: everything is reached by Tab, shows that it has the focus, and works.
import { checkFocusSeen } from './checks.mjs';
import { heading, until } from './hands.mjs';
import { newContext, newPage, ownPassword, step, world } from './world.mjs';

const mostTabs = 200;

/** Presses Tab until `locator` has the focus. */
async function tabTo(page, locator) {
    await locator.waitFor();
    const target = await locator.elementHandle();
    for (let i = 0; i < mostTabs; ++i) {
        await page.keyboard.press('Tab');
        if (await target.evaluate((element) => element === document.activeElement)) return checkFocusSeen(page);
    }
    throw new Error(`${await target.evaluate((element) => element.outerHTML.slice(0, 120))} cannot be reached by Tab`);
}

/** Whether an option is within the part of its list that shows. */
function seenInItsList(option) {
    const [inner, outer] = [option, option.parentElement].map((element) => element.getBoundingClientRect());
    return inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
}

step('signs in, opens a customer, sends an event and signs out by keyboard alone', async () => {
    const context = await newContext(world.shop.server.url);
    const page = await newPage(context, world.shop.server.url);
    const { keyboard } = page;
    await page.goto('/');
    await heading(page, 'Sign in').waitFor();
    // The name has the focus at once.
    await keyboard.type('administrator');
    await keyboard.press('Tab');
    await keyboard.type(ownPassword);
    await keyboard.press('Enter');
    await heading(page, 'Overview').waitFor();

    await tabTo(page, page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Customers' }));
    await keyboard.press('Enter');
    await heading(page, 'Customers').waitFor();
    await tabTo(page, page.getByRole('searchbox', { name: 'Search' }));
    await keyboard.type('bm-00007');
    await page.waitForURL(/q=bm-00007/);
    await tabTo(page, page.getByRole('row').getByRole('link', { name: 'bm-00007', exact: true }));
    await keyboard.press('Enter');
    await heading(page, 'bm-00007').waitFor();

    const list = page.getByRole('list', { name: 'Recommended products' });
    await tabTo(page, list.locator('summary').first());
    await keyboard.press('Enter');
    await list.getByText(/[+-]\d[.,]\d{4}/).first().waitFor();
    const first = list.getByRole('heading', { level: 3 }).first();
    const name = await first.innerText();
    const id = decodeURIComponent((await first.getByRole('link').getAttribute('href')).replace('/products/', ''));

    await tabTo(page, page.getByRole('combobox', { name: 'Product' }));
    await keyboard.type('a');
    const options = page.getByRole('option');
    await options.nth(9).waitFor();
    for (let i = 0; i < 10; ++i) await keyboard.press('ArrowDown');
    await until(page, seenInItsList, await options.nth(9).elementHandle());
    await keyboard.press('Escape');
    await keyboard.press('Control+a');
    await keyboard.type(id);
    await page.getByRole('option').filter({ hasText: id }).waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await tabTo(page, page.getByLabel('What the customer did'));
    await keyboard.type('Dis');
    await tabTo(page, page.getByRole('button', { name: 'Send event' }));
    await keyboard.press('Enter');
    await page.getByText(`No longer shown: ${name}`).waitFor();

    await tabTo(page, page.getByRole('button', { name: 'Sign out' }));
    await keyboard.press('Enter');
    await page.getByText('You are signed out.').waitFor();
    await context.close();
});

step('skips to the content, and leaves a dialog by Escape', async () => {
    const { page } = world.shop;
    await page.goto('/customers');
    await heading(page, 'Customers').waitFor();
    const export_ = page.getByRole('button', { name: 'Export' });
    await tabTo(page, page.getByRole('link', { name: 'Skip to the content' }));
    await page.keyboard.press('Enter');
    await tabTo(page, export_);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Export to a file' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await export_.and(page.locator(':focus')).waitFor();
});
