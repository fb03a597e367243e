import { formatter, type Formatter, type LocaleName } from './format';

export type Theme = 'system' | 'light' | 'dark';

/** What a person chose for this browser: how it looks, how numbers are written. */
function read(key: string): string | null {
    try {
        return localStorage.getItem(key);
    } catch {
        return null;
    }
}

function write(key: string, value: string): void {
    try {
        localStorage.setItem(key, value);
    } catch {
        // Storage is switched off: the choice holds until the page is left.
    }
}

const darkSystem = matchMedia('(prefers-color-scheme: dark)');

class Preferences {
    theme = $state<Theme>(readTheme());
    locale = $state<LocaleName>(readLocale());
    #systemDark = $state(darkSystem.matches);
    readonly dark = $derived(this.theme === 'dark' || (this.theme === 'system' && this.#systemDark));
    readonly format: Formatter = $derived(formatter(this.locale));

    constructor() {
        darkSystem.addEventListener('change', (event) => {
            this.#systemDark = event.matches;
            this.#apply();
        });
    }

    setTheme(theme: Theme): void {
        this.theme = theme;
        write('attune.theme', theme);
        this.#apply();
    }

    setLocale(locale: LocaleName): void {
        this.locale = locale;
        write('attune.locale', locale);
    }

    #apply(): void {
        document.documentElement.dataset['theme'] = this.dark ? 'dark' : 'light';
    }
}

function readTheme(): Theme {
    const stored = read('attune.theme');
    return stored === 'light' || stored === 'dark' ? stored : 'system';
}

function readLocale(): LocaleName {
    const stored = read('attune.locale');
    if (stored === 'de-DE' || stored === 'en-US') return stored;
    return navigator.language.toLowerCase().startsWith('de') ? 'de-DE' : 'en-US';
}

export const preferences = new Preferences();
