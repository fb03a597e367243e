interface Reasoned {
    /** Reasons and conditions as one text. */
    text?: string | undefined;
    reasons?: readonly { text?: string | undefined }[] | undefined;
}

/** The reasons of an item one by one, where they are given so (`apart`); else all in one text. */
export function reasonsOf({ text = '', reasons = [] }: Reasoned): { texts: string[]; apart: boolean } {
    const texts = [...new Set(reasons.flatMap((reason) => reason.text || []))];
    if (texts.length > 0) return { texts, apart: true };
    return { texts: text === '' ? [] : [text], apart: false };
}
