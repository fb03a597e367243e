// What a person does with a page, again and again.
import { ownPassword } from './world.mjs';

export const button = (page, name) => page.getByRole('button', { name, exact: typeof name === 'string' });
export const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true });

export async function signIn(page, password = ownPassword) {
    await heading(page, 'Sign in').waitFor();
    await page.getByLabel('Name').fill('administrator');
    await page.getByLabel('Password').fill(password);
    await button(page, 'Sign in').click();
}

export async function changePassword(page, oneTime) {
    await heading(page, 'Choose your password').waitFor();
    await page.getByLabel('One-time password').fill(oneTime);
    await page.getByLabel('New password', { exact: true }).fill(ownPassword);
    await page.getByLabel('New password once more').fill(ownPassword);
    await button(page, 'Change password').click();
}

/** Finds a product by its id, for several have the same name, and chooses it. */
export async function pickProduct(page, id) {
    await page.getByRole('combobox', { name: 'Product' }).fill(id);
    await page.getByRole('option').filter({ hasText: id }).click();
}

/** Drops a file as a mouse would: a field of our own takes it first, for only the browser may open files. */
export async function dropFile(page, path) {
    const field = await page.evaluateHandle(() => {
        const made = document.createElement('input');
        made.type = 'file';
        return document.body.appendChild(made);
    });
    await field.asElement().setInputFiles(path);
    await page.getByText(/Drop a file here|drop another one/).evaluate((zone, input) => {
        const dataTransfer = new DataTransfer();
        for (const file of input.files) dataTransfer.items.add(file);
        for (const type of ['dragenter', 'dragover', 'drop']) {
            zone.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
        }
        input.remove();
    }, field);
}

/**
 * Waits until the page says yes. Playwright's own waitForFunction polls by eval, which the page's
 * content security policy refuses; only where the first answer is yes does it get by.
 */
export async function until(page, asked, argument) {
    const giveUp = Date.now() + 30_000;
    while (!(await page.evaluate(asked, argument))) {
        if (Date.now() > giveUp) throw new Error(`still not so: ${asked}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
