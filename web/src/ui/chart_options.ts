/** What a chart shows; how it is drawn is chart_draw's. */
export interface ChartData {
    kind: 'line' | 'bar' | 'rows';
    /** What the labels are. */
    axis: string;
    labels: readonly string[];
    series: readonly { name: string; values: readonly (number | null)[]; area?: boolean }[];
    /** Writes a value with its unit. */
    write: (value: number | null) => string;
    /** Ends of the value axis where they are fixed. */
    minimum?: number;
    maximum?: number;
}
