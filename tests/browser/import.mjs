// Files from outside: the real workbook, rows that cannot be read, and what is no table at all.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkAccessible, checkNoSideways } from './checks.mjs';
import { button, dropFile } from './hands.mjs';
import { looks, takePicture } from './pictures.mjs';
import { jobLimitMs, root, step, world } from './world.mjs';

const retail = `${root}data/retail/`;

/** The number of a tile. */
const tile = (page, label) => page.locator('.card').filter({ has: page.getByText(label, { exact: true }) }).locator('.figures');

async function drop(page, path) {
    await page.goto('/customers/import');
    await page.getByText('Drop a file here').waitFor();
    await dropFile(page, path);
    await button(page, /^Import /).click();
}

step('imports the workbook that is dropped, and tells how far it is', async () => {
    const { page } = world.shop;
    await drop(page, `${retail}OnlineRetail_first70051.xlsx`);
    await page.getByRole('progressbar').waitFor();
    await page.getByText(/^Successfully imported 1193 users$/).waitFor({ timeout: jobLimitMs });
    assert.equal((await tile(page, 'Rows read').innerText()).trim(), '70,051');
    assert.equal((await tile(page, 'Rows accepted').innerText()).trim(), '41,651');
    assert.equal((await tile(page, 'Rows left out').innerText()).trim(), '28,400');
    assert.equal((await tile(page, 'Rows rejected').innerText()).trim(), '0');
});

step('lists the rows that it rejects, with what is wrong', async () => {
    const { page } = world.shop;
    const folder = await mkdtemp(join(tmpdir(), 'attune-rows-'));
    const path = join(folder, 'december.csv');
    await writeFile(path, [
        'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
        '536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom',
        '536365,71053,WHITE METAL LANTERN,six,2010-12-01 08:26:00,3.39,17850,United Kingdom',
        '536365,84406B,CREAM CUPID HEARTS COAT HANGER,8,the first of December,2.75,17850,United Kingdom',
    ].join('\n'));
    await drop(page, path);
    await page.getByRole('heading', { name: 'Rejected rows' }).waitFor({ timeout: jobLimitMs });
    assert.equal((await tile(page, 'Rows rejected').innerText()).trim(), '2');
    const rows = page.getByRole('region', { name: 'Table of rejected rows' }).getByRole('row');
    assert.match(await rows.nth(1).innerText(), /^3\s+Quantity\s.*six/s);
    assert.match(await rows.nth(2).innerText(), /^4\s+InvoiceDate\s.*the first of December/s);
    const download = page.waitForEvent('download');
    await button(page, 'Save as CSV').click();
    assert.equal((await download).suggestedFilename(), 'december.csv-rejected.csv');
    for (const look of looks) {
        await page.setViewportSize(look.viewport);
        await page.emulateMedia({ colorScheme: look.colorScheme });
        await checkAccessible(page, `rejected rows, ${look.look}`);
        await checkNoSideways(page, `rejected rows, ${look.look}`);
        await takePicture(page, `import-result-${look.look}`);
    }
    await page.setViewportSize(looks[0].viewport);
    await page.emulateMedia({ colorScheme: 'light' });
    await rm(folder, { recursive: true, force: true });
});

step('finds the result of an import again among the jobs', async () => {
    const { page } = world.shop;
    await page.goto('/jobs');
    const job = page.getByRole('listitem').filter({ hasText: 'december.csv' });
    await job.getByText('3 read, 2 rejected').waitFor();
    await job.getByText('Show the result').click();
    await job.getByRole('row', { name: /the first of December/ }).waitFor();
    await checkAccessible(page, 'a result among the jobs');
});

step('says what is wrong with a file that is no table, or is broken', async () => {
    const { page } = world.shop;
    await drop(page, `${root}web/public/icons/icon-192.png`);
    await page.getByText(/\.png/i).last().waitFor();
    await page.locator('main').getByRole('alert').waitFor();
    await checkAccessible(page, 'a file that is no table');
    await drop(page, `${retail}corrupt_truncated.xlsx`);
    await page.getByText(/Import failed\. corrupt_truncated\.xlsx: is cut off/i).waitFor({ timeout: jobLimitMs });
    await checkAccessible(page, 'a broken file');
});
