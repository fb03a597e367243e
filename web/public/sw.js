// Keeps the shell of the application, so that it opens without a network and says so. Answers of the
// API are never kept: they are personal data, and old ones would be taken for new ones.
const cacheName = 'attune-shell-1';
const fixed = ['/', '/theme.js', '/manifest.webmanifest', '/icons/icon.svg', '/icons/icon-192.png'];

/** Scripts and styles that a page of the application names. */
function assetsOf(html) {
    return [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]);
}

function isShell(path) {
    return path.startsWith('/assets/') || path.startsWith('/icons/') || (path !== '/' && fixed.includes(path));
}

function isApi(path) {
    return /^\/(api|upload|export|healthz|readyz|metrics)(\/|$)/.test(path);
}

/** The page is written last: one that is kept has all that it names, whatever fails meanwhile. */
async function keepPage(response) {
    const cache = await caches.open(cacheName);
    const html = await response.clone().text();
    const wanted = assetsOf(html);
    const had = await cache.match('/');
    const isNew = had !== undefined && (await had.text()) !== html;
    await Promise.all(wanted.map(async (path) => (await cache.match(path)) ?? cache.add(path)));
    await cache.put('/', response);
    if (!isNew) return;
    // What belonged to the old version is of no use.
    for (const request of await cache.keys()) {
        const path = new URL(request.url).pathname;
        if (path.startsWith('/assets/') && !wanted.includes(path)) await cache.delete(request);
    }
}

/** Keeps it beside the answer, which is good also where it cannot be kept: the device may be full. */
function keepBeside(event, keeping) {
    event.waitUntil(keeping.catch(() => {}));
}

async function page(event) {
    try {
        const response = await fetch(event.request);
        if (response.ok) keepBeside(event, keepPage(response.clone()));
        return response;
    } catch (reason) {
        const kept = await caches.match('/', { cacheName });
        if (kept) return kept;
        throw reason;
    }
}

async function put(request, response) {
    await (await caches.open(cacheName)).put(request, response);
}

async function shell(event) {
    const { request } = event;
    const kept = await caches.match(request, { cacheName });
    if (kept && new URL(request.url).pathname.startsWith('/assets/')) return kept;
    try {
        const response = await fetch(request);
        if (response.ok) keepBeside(event, put(request, response.clone()));
        return response;
    } catch (reason) {
        if (kept) return kept;
        throw reason;
    }
}

self.addEventListener('install', (event) => {
    event.waitUntil(
        (async () => {
            const cache = await caches.open(cacheName);
            await cache.addAll(fixed.filter((path) => path !== '/'));
            await keepPage(await fetch('/', { cache: 'no-cache' }));
            await self.skipWaiting();
        })(),
    );
});

self.addEventListener('activate', (event) => {
    event.waitUntil(
        (async () => {
            for (const name of await caches.keys()) if (name !== cacheName) await caches.delete(name);
            await self.clients.claim();
        })(),
    );
});

self.addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== location.origin || isApi(url.pathname)) return;
    if (request.mode === 'navigate') event.respondWith(page(event));
    else if (isShell(url.pathname)) event.respondWith(shell(event));
});
