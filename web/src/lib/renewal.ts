const stampKey = 'attune.renewed_at';

function stamp(): string | null {
    try {
        return localStorage.getItem(stampKey);
    } catch {
        return null;
    }
}

/**
 * Runs `renew` in one tab at a time. A refresh token is used up by its use, and using it again ends
 * the session everywhere: a tab that waited while another one renewed the session takes that one.
 */
export async function renewOnce(renew: () => Promise<boolean>): Promise<boolean> {
    const before = stamp();
    const run = async (): Promise<boolean> => {
        if (stamp() !== before) return true;
        const renewed = await renew();
        try {
            if (renewed) localStorage.setItem(stampKey, String(Date.now()));
        } catch {
            // Without storage tabs cannot tell each other.
        }
        return renewed;
    };
    // Locks are there in secure contexts: TLS, or this very machine.
    return 'locks' in navigator ? navigator.locks.request('attune.renewal', run) : run();
}
