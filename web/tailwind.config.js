/** Colours are named by their use; src/styles/app.css gives them their values for light and dark. */
const colour = (name) => `rgb(var(--${name}) / <alpha-value>)`;

/** @type {import('tailwindcss').Config} */
export default {
    content: ['./index.html', './src/**/*.{svelte,ts}'],
    darkMode: ['selector', '[data-theme="dark"]'],
    theme: {
        extend: {
            colors: Object.fromEntries(
                [
                    'page', 'surface', 'sunken', 'line', 'edge', 'ink', 'muted',
                    'accent', 'on-accent', 'soft', 'good', 'good-soft', 'warn', 'warn-soft', 'bad', 'bad-soft',
                ].map((name) => [name, colour(name)]),
            ),
            fontFamily: {
                sans: ['Inter', 'system-ui', '-apple-system', 'Segoe UI', 'Roboto', 'Helvetica Neue', 'Arial', 'sans-serif'],
            },
            boxShadow: {
                card: '0 1px 2px rgb(16 24 40 / 0.05), 0 1px 3px rgb(16 24 40 / 0.04)',
                raised: '0 12px 32px rgb(16 24 40 / 0.18)',
            },
        },
    },
};
