import type { Condition, EventType, Job, ReasonCode, Role } from '../api/types';

const acronyms: Readonly<Record<string, string>> = {
    als: 'ALS', bpr: 'BPR', ease: 'EASE', id: 'id', knn: 'kNN', mf: 'MF', mmr: 'MMR', slim: 'SLIM', svd: 'SVD', warp: 'WARP',
};

/** Product categories of open banking are shortened so. */
const shortened: Readonly<Record<string, string>> = { chrg: 'charge', cred: 'credit', pers: 'personal', trans: 'transaction' };

/** "unknown_field", "RESIDENTIAL_MORTGAGES": as a person would write them. */
export function plain(name: string): string {
    const text = name.replaceAll('_', ' ').trim();
    const shouted = text === text.toUpperCase();
    const calm = shouted ? text.toLowerCase().replace(/[a-z]+/g, (word) => shortened[word] ?? word) : text;
    const written = calm.replace(/[a-z]+/gi, (word) => acronyms[word.toLowerCase()] ?? word);
    return /^k[A-Z]/.test(written) ? written : written.charAt(0).toUpperCase() + written.slice(1);
}

export const eventWords: Readonly<Record<EventType, string>> = {
    view: 'Viewed', like: 'Liked', share: 'Shared', comment: 'Commented on', purchase: 'Bought', dismiss: 'Dismissed',
};

export const roleWords: Readonly<Record<Role, string>> = {
    administrator: 'Administrator', analyst: 'Analyst', adviser: 'Adviser', service: 'Service',
};

export const jobWords: Readonly<Record<Job['kind'], string>> = {
    train: 'Training', import: 'Import', recommend_all: 'Recommendations for everybody', export: 'Export', backup: 'Backup',
    restore: 'Restore',
};

export const stateWords: Readonly<Record<Job['state'], string>> = {
    queued: 'Waiting', running: 'Running', done: 'Done', failed: 'Failed', cancelled: 'Cancelled',
};

const refusals: Readonly<Record<string, string>> = {
    unavailable: 'Switched off',
    not_yet_available: 'Not available yet',
    no_longer_available: 'No longer available',
    customer_kind: 'For another kind of customer',
    default_customer_kind: 'Category is for another kind of customer',
    minimum_age: 'Below the minimum age',
    default_minimum_age: 'Below the minimum age for credit',
    maximum_age: 'Above the maximum age',
    residency: 'Other country of residence',
    minimum_income: 'Income below the minimum',
    minimum_revenue: 'Revenue below the minimum',
    occupation: 'For other occupations',
    unknown_field: 'A field that a rule needs is unknown',
    held: 'Customer has it already',
    held_category: 'Customer has one of this category',
    dismissed: 'Customer dismissed it',
    excluded: 'Left out on request',
    outside_category: 'Other category than asked for',
    outside_brand: 'Other brand than asked for',
    category_cap: 'Enough of this category in the list',
    brand_cap: 'Enough of this brand in the list',
};

export function refusalWords(refusal: string): string {
    return refusals[refusal] ?? plain(refusal);
}

export const reasonWords: Readonly<Record<ReasonCode, string>> = {
    bought_together: 'Bought together with what the customer has',
    bought_before: 'Bought before',
    showed_interest: 'Interest that was shown',
    matched_interest: 'Interests of the profile',
    similar_customers: 'Similar customers',
    profile_attribute: 'The profile',
    popular: 'Popular',
    general: 'Nothing speaks for or against it',
    no_profile: 'Too little is known of the customer',
    not_personalized: 'The customer refused personalization',
};

/** What has to be checked: "Minimum age 18", or the text of a note. */
export function conditionWords({ rule, required, known }: Condition): string {
    if (rule === 'note') return required.replace(/\.+$/, '');
    return `${plain(rule)} ${required}${known ? ` (known: ${known})` : ''}`;
}

const units: Readonly<Record<string, string>> = { days: 'days', hours: 'hours', mib: 'MiB', minutes: 'minutes', ms: 'milliseconds', s: 'seconds' };

/** The name of a setting, without its section and with its unit in words. */
export function settingName(key: string): string {
    const name = key.slice(key.indexOf('.') + 1);
    const unit = units[name.slice(name.lastIndexOf('_') + 1)];
    const what = unit === undefined || !name.includes('_') ? name : name.slice(0, name.lastIndexOf('_'));
    return `${plain(what).replace(/^Max /, 'Maximum ').replace(/^Min /, 'Minimum ')}${what === name ? '' : `, ${unit}`}`;
}

/** With a capital and a full stop; a name of a field or a file in front stays as it is. */
export function asSentence(text: string): string {
    const isName = /^[^\s:]*[._/\d][^\s:]*[:\s]/.test(text);
    return `${isName ? text.charAt(0) : text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** What the server says in passing, as a sentence; categories as a person would write them. */
export function sentence(text: string): string {
    return asSentence(text.replace(/\b[A-Z]+(_[A-Z]+)+\b/g, (name) => plain(name).toLowerCase()));
}

/** Files that were sent have a name and a place of the server's, which say nothing. */
function withoutUploads(text: string): string {
    return text.replace(/(\S*\/)?\bupload-[\w-]+(\.\w+)*:?/g, 'the file');
}

/** A stage of a job, in words. */
export function stageWords(stage: string): string {
    return plain(withoutUploads(stage));
}

/** Why a job failed. */
export function failureWords(message: string | undefined): string {
    return message === undefined ? 'No cause was given.' : sentence(withoutUploads(message));
}

/** Who did something: "account:alex", "key:k_7f3a". */
export function actor(name: string): string {
    return name.startsWith('account:') ? name.slice(8) : name.replace(/^key:/, 'key ');
}

/** "3 customers", "1 customer"; the number is already written. */
export function counted(count: number, written: string, one: string, many = `${one}s`): string {
    return `${written} ${count === 1 ? one : many}`;
}
