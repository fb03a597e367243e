/** One table as CSV (RFC 4180). What a spreadsheet would take for a formula is made text. */
export function toCsv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
    return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

function cell(value: string | number): string {
    if (typeof value === 'number') return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
