import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

import type { ChartData } from './chart_options';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

interface Palette {
    ink: string;
    muted: string;
    line: string;
    surface: string;
    series: string[];
}

const seriesColours = {
    light: ['#0b5b69', '#b4690e', '#5b5bd6', '#7a8699'],
    dark: ['#6ecdd7', '#ebba68', '#a5a5ff', '#8592a6'],
};

function palette(dark: boolean): Palette {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => `rgb(${style.getPropertyValue(`--${name}`).trim().split(' ').join(',')})`;
    return {
        ink: colour('ink'),
        muted: colour('muted'),
        line: colour('line'),
        surface: colour('surface'),
        series: dark ? seriesColours.dark : seriesColours.light,
    };
}

export interface DrawnChart {
    /** Shows these numbers: what was there moves to where it is now. */
    show: (data: ChartData, dark: boolean) => void;
    /** Takes it down. */
    stop: () => void;
}

/** Draws into `box` and follows its size; `ondrawn` is called when it stands. */
export function drawIn(box: HTMLElement, ondrawn: () => void): DrawnChart {
    const chart = init(box, null, { renderer: 'canvas', locale: 'EN' });
    chart.on('finished', ondrawn);
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(box);
    return {
        show: (data, dark) => chart.setOption(options(data, palette(dark)), { replaceMerge: ['series'] }),
        stop: () => {
            observer.disconnect();
            chart.dispose();
        },
    };
}

function options(data: ChartData, colours: Palette): EChartsCoreOption {
    const rows = data.kind === 'rows';
    const labels = {
        type: 'category',
        data: rows ? [...data.labels].reverse() : data.labels,
        axisLine: { lineStyle: { color: colours.line } },
        axisTick: { show: false },
        axisLabel: { color: colours.muted, hideOverlap: true, width: 130, overflow: rows ? 'truncate' : 'none' },
    };
    const values = {
        type: 'value',
        min: data.minimum ?? null,
        max: data.maximum ?? null,
        splitNumber: 4,
        axisLabel: { color: colours.muted, formatter: (value: number) => data.write(value), hideOverlap: true },
        splitLine: { lineStyle: { color: colours.line } },
    };
    return {
        animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
        color: colours.series,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colours.ink },
        grid: { left: 4, right: 16, top: data.series.length > 1 ? 34 : 12, bottom: 4, containLabel: true },
        legend: { show: data.series.length > 1, top: 0, left: 0, textStyle: { color: colours.muted }, icon: 'circle' },
        tooltip: tooltip(data, colours),
        xAxis: rows ? values : labels,
        yAxis: rows ? labels : values,
        series: data.series.map((line) => ({
            id: line.name,
            name: line.name,
            type: data.kind === 'line' ? 'line' : 'bar',
            data: rows ? [...line.values].reverse() : line.values,
            smooth: 0.25,
            // A line through fewer than three values is hardly one.
            showSymbol: line.values.filter((value) => value !== null).length < 3,
            showAllSymbol: true,
            symbolSize: 8,
            lineStyle: { width: 2 },
            barMaxWidth: 22,
            itemStyle: { borderRadius: data.kind === 'line' ? 0 : 3 },
            ...(line.area ? { areaStyle: { opacity: 0.12 } } : {}),
        })),
    };
}

/** On the canvas too: the page's policy lets no style attributes in, which HTML tooltips are made of. */
function tooltip(data: ChartData, colours: Palette): object {
    return {
        trigger: 'axis',
        renderMode: 'richText',
        confine: true,
        axisPointer: { type: data.kind === 'line' ? 'line' : 'shadow' },
        backgroundColor: colours.surface,
        borderColor: colours.line,
        textStyle: { color: colours.ink, fontSize: 12 },
        valueFormatter: (value: unknown) => data.write(typeof value === 'number' ? value : null),
    };
}
