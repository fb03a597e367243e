import type { Component } from 'svelte';

import type { Scope } from './api/types';
import { matchRoute, type Route } from './lib/router';

export interface PageEntry {
    /** Where the navigation shows one to be. */
    area: string;
    /** Without it the page is not there for the account. */
    scope?: Scope;
    load: () => Promise<{ default: Component<Record<string, string>> }>;
}

type Loader = () => Promise<{ default: unknown }>;

function page(area: string, load: Loader, scope?: Scope): PageEntry {
    const typed = load as PageEntry['load'];
    return scope === undefined ? { area, load: typed } : { area, load: typed, scope };
}

// Pages with tabs have one loader for all of them, so that changing the tab keeps the page.
const customerPage = () => import('./pages/customer/CustomerPage.svelte');
const settingsPage = () => import('./pages/settings/SettingsPage.svelte');

const routes: readonly Route<PageEntry>[] = [
    { pattern: '/', page: page('/', () => import('./pages/overview/OverviewPage.svelte'), 'models:read') },
    { pattern: '/customers', page: page('/customers', () => import('./pages/customers/CustomersPage.svelte'), 'customers:read') },
    { pattern: '/customers/new', page: page('/customers', () => import('./pages/customers/NewCustomerPage.svelte'), 'customers:write') },
    { pattern: '/customers/import', page: page('/customers', () => import('./pages/customers/ImportPage.svelte'), 'import') },
    { pattern: '/customers/:id', page: page('/customers', customerPage, 'customers:read') },
    { pattern: '/customers/:id/:tab', page: page('/customers', customerPage, 'customers:read') },
    { pattern: '/decisions/:id', page: page('/customers', () => import('./pages/customer/DecisionPage.svelte'), 'decisions:read') },
    { pattern: '/products', page: page('/products', () => import('./pages/products/ProductsPage.svelte'), 'products:read') },
    { pattern: '/products/:id', page: page('/products', () => import('./pages/products/ProductPage.svelte'), 'products:read') },
    { pattern: '/products/:id/edit', page: page('/products', () => import('./pages/products/ProductEditPage.svelte'), 'products:write') },
    { pattern: '/models', page: page('/models', () => import('./pages/models/ModelsPage.svelte'), 'models:read') },
    { pattern: '/models/:version', page: page('/models', () => import('./pages/models/ModelPage.svelte'), 'models:read') },
    { pattern: '/pipeline', page: page('/pipeline', () => import('./pages/pipeline/PipelinePage.svelte'), 'recommend') },
    { pattern: '/jobs', page: page('/jobs', () => import('./pages/jobs/JobsPage.svelte'), 'jobs:read') },
    { pattern: '/settings', page: page('/settings', settingsPage) },
    { pattern: '/settings/:section', page: page('/settings', settingsPage) },
];

export const routeOf = (path: string) => matchRoute(routes, path);
