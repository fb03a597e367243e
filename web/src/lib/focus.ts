/** Nothing has the focus: what had it is gone, or could not be used for a moment. */
export function focusIsLost(): boolean {
    return document.activeElement === null || document.activeElement === document.body;
}

/** Gives the focus to what is no control, such as a heading. */
export function focusHeading(heading: HTMLElement | null): void {
    if (heading === null) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
}

/** Once a form is answered: the first field that is wrong takes the focus, or the button has it back that could not be pressed meanwhile. */
export function focusAnswered(form: HTMLFormElement | null): void {
    const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
    if (wrong) wrong.focus();
    else if (focusIsLost()) form?.querySelector<HTMLElement>('button:not([type="button"])')?.focus();
}
