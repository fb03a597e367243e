import { mount } from 'svelte';

import App from './App.svelte';
import './styles/app.css';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app');
mount(App, { target });

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
    navigator.serviceWorker.register('/sw.js').catch((reason: unknown) => {
        console.warn('Attune cannot be used offline:', reason);
    });
}
