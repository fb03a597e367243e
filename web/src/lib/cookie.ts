/** The value of one cookie of `document.cookie`. */
export function cookieOf(cookies: string, name: string): string | null {
    for (const pair of cookies.split(';')) {
        const [key, ...value] = pair.trim().split('=');
        if (key === name) return decodeURIComponent(value.join('='));
    }
    return null;
}
