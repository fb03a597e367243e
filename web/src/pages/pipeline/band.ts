/** Half a band's height for a count: by its root, so that ten of a thousand can still be seen. */
export function bandShare(count: number, most: number): number {
    return count <= 0 ? 0.02 : Math.max(0.04, Math.sqrt(count / most));
}

/** A band that narrows from the left side to the right, on a field of 100 x 100. */
export function bandPath(left: number, right: number): string {
    const [from, to] = [left * 46, right * 46];
    return (
        `M0 ${50 - from} C55 ${50 - from} 45 ${50 - to} 100 ${50 - to} ` +
        `L100 ${50 + to} C45 ${50 + to} 55 ${50 + from} 0 ${50 + from} Z`
    );
}
