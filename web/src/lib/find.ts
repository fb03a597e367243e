import { api } from './session.svelte';
import { plain } from './words';

const mostFound = 12;

/** What a field offers while one types. */
export async function findProducts(words: string, signal: AbortSignal) {
    const { products } = await api.products.list({ q: words, limit: mostFound }, signal);
    return products.map((product) => ({
        id: product.id,
        text: product.name,
        note: [product.brand, plain(product.category ?? ''), product.id].filter(Boolean).join(' · '),
    }));
}

export async function findCustomers(words: string, signal: AbortSignal) {
    const { users } = await api.users.list({ q: words, limit: mostFound }, signal);
    return users.map((customer) => ({
        id: customer.id,
        text: customer.name ?? customer.id,
        note: [
            customer.name ? customer.id : '',
            customer.age === undefined ? '' : `${customer.age} years`,
            plain(customer.occupation ?? customer.industry ?? ''),
        ].filter(Boolean).join(' · '),
    }));
}
