export interface ToastMessage {
    id: number;
    text: string;
    tone: 'good' | 'bad';
}

const shownMs = 6_000;

/** Short messages on what was done; read out by screen readers. */
class Toasts {
    messages = $state.raw<readonly ToastMessage[]>([]);
    #next = 1;

    say(text: string, tone: ToastMessage['tone'] = 'good'): void {
        const message = { id: this.#next++, text, tone };
        this.messages = [...this.messages, message];
        setTimeout(() => this.drop(message.id), shownMs);
    }

    drop(id: number): void {
        this.messages = this.messages.filter((message) => message.id !== id);
    }
}

export const toasts = new Toasts();
