// Every page of the application, by the name of its picture.
/** A customer of the bank, and one who has bought much. */
export const customer = 'bm-00001';
export const buyer = '12347';

/** As if the customer had no loan yet. */
const suppose = async (page) => {
    await page.getByLabel('Held categories').fill('');
    await page.locator('main [aria-live] ol li').first().waitFor();
};

/** Shown at the bank. `known` is what earlier steps came to know. */
export const bankPages = [
    { name: 'customers', path: () => '/customers' },
    { name: 'customer', path: () => `/customers/${customer}` },
    { name: 'customer-profile', path: () => `/customers/${customer}/profile` },
    { name: 'customer-what-if', path: () => `/customers/${customer}/what-if`, act: suppose },
    { name: 'customer-why-not', path: (known) => `/customers/${customer}/why-not?product=${encodeURIComponent(known.dismissed)}` },
    { name: 'customer-decisions', path: () => `/customers/${customer}/decisions` },
    { name: 'decision', path: (known) => known.decision },
    { name: 'customer-new', path: () => '/customers/new' },
    { name: 'import', path: () => '/customers/import' },
    { name: 'products', path: () => '/products' },
    { name: 'product', path: (known) => known.product },
    { name: 'product-edit', path: (known) => `${known.product}/edit` },
    { name: 'pipeline', path: () => `/pipeline?customer=${customer}` },
    { name: 'settings-weights', path: () => '/settings/weights' },
    { name: 'settings-rules', path: () => '/settings/rules' },
    { name: 'settings-system', path: () => '/settings/system' },
    { name: 'settings-accounts', path: () => '/settings/accounts' },
    { name: 'settings-keys', path: () => '/settings/keys' },
    { name: 'settings-own', path: () => '/settings/own' },
    { name: 'not-found', path: () => '/nowhere' },
];

/** Shown where a model serves that was trained on purchases. */
export const purchasePages = [
    { name: 'overview', path: () => '/' },
    { name: 'buyer', path: () => `/customers/${buyer}` },
    { name: 'customer-timeline', path: () => `/customers/${buyer}/timeline` },
    { name: 'models', path: () => '/models' },
    { name: 'model', path: (known) => `/models/${known.second}` },
    { name: 'jobs', path: () => '/jobs' },
];

const session = '**/api/auth/me';

/** As if the account that is asked for had a one-time password still. */
const withOneTimePassword = (page) => page.route(session, (route) => route.fulfill({
    json: {
        account: { name: 'alex', role: 'adviser', display_name: 'Alex', must_change_password: true, scopes: [] },
        csrf_token: '', expires_at: '2100-01-01T00:00:00.000Z',
    },
}));

/** Shown to whom is not signed in, or not yet. `before` is what the server does. */
export const accessPages = [
    { name: 'sign-in', path: () => '/sign-in' },
    { name: 'choose-password', path: () => '/', before: withOneTimePassword },
    { name: 'unreachable', path: () => '/', before: (page) => page.route(session, (route) => route.abort()) },
];
