/** A parameter of the address that a text field searches by. */
export interface Address {
    get: () => string;
    set: (value: string) => void;
}

const waitMs = 250;

/**
 * The text of such a field. It goes to the address a moment after the last key, without the spaces
 * around it; in the field it stays as it is typed, until the address comes to say something else.
 */
export class TypedQuery {
    /** What was typed, and what the address says meanwhile. */
    #typed = $state.raw<{ text: string; said: string } | null>(null);
    #timer: ReturnType<typeof setTimeout> | undefined;

    constructor(private readonly address: Address) {}

    get text(): string {
        const said = this.address.get();
        return this.#typed?.said === said ? this.#typed.text : said;
    }

    type(text: string): void {
        this.#typed = { text, said: this.address.get() };
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
            this.#typed = { text, said: text.trim() };
            this.address.set(text.trim());
        }, waitMs);
    }

    /** The page is left: nothing goes to the address of another one. */
    stop(): void {
        clearTimeout(this.#timer);
    }
}

/** The field of a component, which ends with it. */
export function typedQuery(address: Address): TypedQuery {
    const made = new TypedQuery(address);
    $effect(() => () => made.stop());
    return made;
}
