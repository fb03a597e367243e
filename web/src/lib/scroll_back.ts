const mostWaitMs = 10_000;
/** Whoever moves the page by hand wants to be where they move it. */
const hands = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;

/**
 * Scrolls down to `y` as soon as the page is that long: what it shows may still be on its way.
 * @returns stops waiting; `onend` is called once, however it ends
 */
export function scrollBack(y: number, onend: () => void): () => void {
    const stop = () => {
        observer.disconnect();
        clearTimeout(timer);
        for (const hand of hands) removeEventListener(hand, stop);
        onend();
        onend = () => {};
    };
    const go = () => {
        if (document.documentElement.scrollHeight < y + innerHeight) return;
        scrollTo(0, y);
        stop();
    };
    const observer = new ResizeObserver(go);
    const timer = setTimeout(stop, mostWaitMs);
    for (const hand of hands) addEventListener(hand, stop, { passive: true });
    observer.observe(document.body);
    return stop;
}
