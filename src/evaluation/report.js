(() => {
    'use strict';
    const specs = JSON.parse(document.getElementById('chart-data').textContent);
    const charts = [];

    const colours = () => {
        const style = getComputedStyle(document.documentElement);
        const get = (name) => style.getPropertyValue(name).trim();
        return {
            ink: get('--ink'), faint: get('--faint'), line: get('--line'),
            model: get('--model'), baseline: get('--baseline'), whisker: get('--whisker'),
        };
    };

    // Chart.js draws no intervals; this does, over horizontal bars.
    const whiskers = {
        id: 'whiskers',
        afterDatasetsDraw(chart) {
            const { intervals } = chart.data.datasets[0];
            const colour = colours().whisker;
            if (!intervals) return;
            const { ctx, scales } = chart;
            ctx.save();
            ctx.strokeStyle = colour;
            ctx.lineWidth = 1.5;
            chart.getDatasetMeta(0).data.forEach((bar, i) => {
                if (!intervals[i]) return;
                const [low, high] = intervals[i].map((value) => scales.x.getPixelForValue(value));
                const cap = Math.min(6, bar.height / 3);
                ctx.beginPath();
                ctx.moveTo(low, bar.y); ctx.lineTo(high, bar.y);
                ctx.moveTo(low, bar.y - cap); ctx.lineTo(low, bar.y + cap);
                ctx.moveTo(high, bar.y - cap); ctx.lineTo(high, bar.y + cap);
                ctx.stroke();
            });
            ctx.restore();
        },
    };

    const axis = (title, c, more) => Object.assign({
        beginAtZero: true,
        title: { display: Boolean(title), text: title || '', color: c.faint },
        ticks: { color: c.faint },
        grid: { color: c.line, borderColor: c.line },
    }, more);

    const common = (c) => ({
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        plugins: { legend: { display: false } },
        color: c.ink,
    });

    const number = (value) => value.toFixed(4);

    const bars = (spec, c) => {
        const ends = spec.values.concat(spec.intervals.filter(Boolean).map((pair) => pair[1]));
        const options = common(c);
        options.indexAxis = 'y';
        options.scales = {
            x: axis(spec.axis, c, { suggestedMax: Math.max(...ends) * 1.03 }),
            y: axis('', c, { grid: { display: false, borderColor: c.line },
                             ticks: { color: c.ink, autoSkip: false } }),
        };
        options.plugins.tooltip = { callbacks: { label(item) {
            const pair = spec.intervals[item.dataIndex];
            const value = number(spec.values[item.dataIndex]);
            return pair ? `${value} (${number(pair[0])} to ${number(pair[1])})` : value;
        } } };
        return {
            type: 'bar',
            data: { labels: spec.labels, datasets: [{
                data: spec.values,
                intervals: spec.intervals,
                backgroundColor: spec.values.map((_, i) => i < spec.baselines ? c.baseline : c.model),
                maxBarThickness: 22,
            }] },
            options,
            plugins: [whiskers],
        };
    };

    const unitSquare = (spec, c, dataset) => {
        const options = common(c);
        options.scales = {
            x: axis(spec.x, c, { type: 'linear', min: 0, max: 1 }),
            y: axis(spec.y, c, { min: 0, max: 1 }),
        };
        options.plugins.legend = { display: true, position: 'bottom',
                                   labels: { color: c.ink, boxWidth: 18, usePointStyle: true } };
        options.plugins.tooltip = { callbacks: { label(item) {
            const { x, y, rows } = item.raw;
            return `${number(x)}, ${number(y)}` + (rows === undefined ? '' : ` (${rows} rows)`);
        } } };
        return {
            type: 'line',
            data: { datasets: [
                Object.assign({ label: spec.label, data: spec.points, borderColor: c.model,
                                backgroundColor: c.model, pointStyle: 'line' }, dataset),
                { label: spec.diagonal, data: [{ x: 0, y: 0 }, { x: 1, y: 1 }],
                  borderColor: c.baseline, borderDash: [6, 4], borderWidth: 1.5, pointRadius: 0,
                  pointStyle: 'line' },
            ] },
            options,
        };
    };

    const makers = {
        bars,
        line: (spec, c) => unitSquare(spec, c, { borderWidth: 2, pointRadius: 0, pointHitRadius: 6 }),
        points: (spec, c) => {
            const most = Math.max(...spec.points.map((point) => point.rows));
            return unitSquare(spec, c, {
                borderWidth: 1.5, pointStyle: 'circle',
                pointRadius: spec.points.map((point) => 3 + 6 * Math.sqrt(point.rows / most)),
            });
        },
    };

    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;

    const draw = () => {
        while (charts.length) charts.pop().destroy();
        const c = colours();
        for (const [id, spec] of Object.entries(specs)) {
            charts.push(new Chart(document.getElementById(id), makers[spec.kind](spec, c)));
        }
    };

    // Paper is white whatever the screen prefers, and narrower: draw again for it.
    let opened = [];
    addEventListener('beforeprint', () => {
        document.documentElement.dataset.print = '';
        opened = [...document.querySelectorAll('details:not([open])')];
        opened.forEach((element) => { element.open = true; });
        draw();
    });
    addEventListener('afterprint', () => {
        delete document.documentElement.dataset.print;
        opened.forEach((element) => { element.open = false; });
        draw();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
    draw();
})();
