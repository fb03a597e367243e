// Every page of the application, by the name of its picture.
export const customer = 'bm-00001';

export const pages = [
    { name: 'overview', path: '/' },
    { name: 'customers', path: '/customers' },
    { name: 'customer', path: `/customers/${customer}` },
    { name: 'customer-profile', path: `/customers/${customer}/profile` },
    { name: 'customer-timeline', path: `/customers/${customer}/timeline` },
    { name: 'customer-what-if', path: `/customers/${customer}/what-if` },
    { name: 'customer-why-not', path: `/customers/${customer}/why-not` },
    { name: 'customer-decisions', path: `/customers/${customer}/decisions` },
    { name: 'customer-new', path: '/customers/new' },
    { name: 'import', path: '/customers/import' },
    { name: 'products', path: '/products' },
    { name: 'models', path: '/models' },
    { name: 'pipeline', path: `/pipeline?customer=${customer}` },
    { name: 'jobs', path: '/jobs' },
    { name: 'settings-weights', path: '/settings/weights' },
    { name: 'settings-rules', path: '/settings/rules' },
    { name: 'settings-system', path: '/settings/system' },
    { name: 'settings-accounts', path: '/settings/accounts' },
    { name: 'settings-keys', path: '/settings/keys' },
    { name: 'settings-own', path: '/settings/own' },
    { name: 'not-found', path: '/nowhere' },
];

/** Light, dark, and the width of a phone. */
export const looks = [
    { look: 'light', viewport: { width: 1360, height: 900 }, colorScheme: 'light', locale: 'en-US' },
    { look: 'dark', viewport: { width: 1360, height: 900 }, colorScheme: 'dark', locale: 'en-US' },
    { look: 'phone', viewport: { width: 360, height: 740 }, colorScheme: 'light', locale: 'de-DE' },
];
