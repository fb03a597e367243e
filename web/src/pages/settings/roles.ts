import type { Role, Scope } from '../../api/types';

/** Roles that people sign in with; programs have keys. */
export const peopleRoles: readonly { role: Role; text: string; hint: string }[] = [
    { role: 'adviser', text: 'Adviser', hint: 'Sees, edits and advises the customers assigned to them.' },
    { role: 'analyst', text: 'Analyst', hint: 'Sees everything; trains, imports, edits products and settings.' },
    { role: 'administrator', text: 'Administrator', hint: 'May do everything, accounts and keys included.' },
];

/** What a key may be allowed, in words. */
export const scopes: readonly { scope: Scope; text: string }[] = [
    { scope: 'recommend', text: 'Ask for recommendations' },
    { scope: 'events:write', text: 'Send events, transactions, posts and feedback' },
    { scope: 'customers:read', text: 'Read customers' },
    { scope: 'customers:write', text: 'Change customers' },
    { scope: 'products:read', text: 'Read products' },
    { scope: 'products:write', text: 'Change products' },
    { scope: 'decisions:read', text: 'Read decisions' },
    { scope: 'models:read', text: 'Read models' },
    { scope: 'models:train', text: 'Train and roll back models' },
    { scope: 'jobs:read', text: 'Read jobs' },
    { scope: 'jobs:write', text: 'Start and cancel jobs' },
    { scope: 'import', text: 'Import files' },
    { scope: 'export', text: 'Export files' },
    { scope: 'settings:read', text: 'Read settings' },
    { scope: 'settings:write', text: 'Change settings' },
    { scope: 'stream', text: 'Follow the live stream' },
    { scope: 'metrics', text: 'Read metrics' },
];
