import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
    plugins: [svelte()],
    // Vitest runs in Node, where Svelte's server build would be taken.
    resolve: mode === 'test' ? { conditions: ['browser'] } : {},
    build: {
        target: 'es2022',
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        chunkSizeWarningLimit: 700,
    },
    server: {
        // `npm run dev` beside a running `attune serve`.
        proxy: Object.fromEntries(
            ['/api', '/upload', '/export', '/healthz', '/readyz'].map((path) => [
                path,
                process.env['ATTUNE_URL'] ?? 'http://127.0.0.1:8080',
            ]),
        ),
    },
    test: {
        include: ['tests/**/*.test.ts'],
        environment: 'node',
        // Effects run in what is made for a browser only.
        testTransformMode: { web: ['**/*.svelte.test.ts'] },
    },
}));
