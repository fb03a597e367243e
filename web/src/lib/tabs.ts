/** What a tab tells the others of the same browser: they share the session's cookies. */
export type SessionNews = 'signed-in' | 'signed-out';

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('attune.session');

export function tellTabs(news: SessionNews): void {
    channel?.postMessage(news);
}

/** Hears the other tabs, never itself. */
export function hearTabs(listener: (news: SessionNews) => void): void {
    channel?.addEventListener('message', (event: MessageEvent<SessionNews>) => listener(event.data));
}
