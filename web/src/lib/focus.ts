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

/**
 * Opens a modal dialog, in which the browser keeps the focus. What it returns closes it, and gives the
 * focus back to what had it, or to the page where that is gone: a browser does so only where the dialog
 * is closed before it is taken out of the page.
 */
export function openModal(dialog: HTMLDialogElement): () => void {
    const before = document.activeElement;
    dialog.showModal();
    return () => {
        dialog.close();
        if (!focusIsLost()) return;
        const back = before instanceof HTMLElement && before.isConnected ? before : document.querySelector<HTMLElement>('main h1');
        back?.focus({ preventScroll: true });
    };
}
