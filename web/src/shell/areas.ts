import type { Scope } from '../api/types';
import type { IconName } from '../ui/icons';

export interface Area {
    href: string;
    text: string;
    icon: IconName;
    scope?: Scope;
}

/** The navigation, in its order. */
export const areas: readonly Area[] = [
    { href: '/', text: 'Overview', icon: 'overview', scope: 'models:read' },
    { href: '/customers', text: 'Customers', icon: 'customers', scope: 'customers:read' },
    { href: '/products', text: 'Products', icon: 'products', scope: 'products:read' },
    { href: '/models', text: 'Models', icon: 'models', scope: 'models:read' },
    { href: '/pipeline', text: 'Pipeline', icon: 'pipeline', scope: 'recommend' },
    { href: '/jobs', text: 'Jobs', icon: 'jobs', scope: 'jobs:read' },
    { href: '/settings', text: 'Settings', icon: 'settings' },
];
