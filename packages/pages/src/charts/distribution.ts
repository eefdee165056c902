import { html, type Html } from '../html.js';
import { draw, NARROW, sayTick, shortName, unitOf } from './draw.js';
import { axisX, barX, rect, ruleX, ruleY, tickX } from './plot.js';

/** Bins of equal width from `from` on, and how many values each holds. */
export interface Bins {
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** Tukey's box: quartiles, and the ends of the whiskers, which are values. */
export interface Box {
  readonly low: number;
  readonly first: number;
  readonly median: number;
  readonly third: number;
  readonly high: number;
}

export interface DistributionOptions {
  /** A figure on the axis and in the titles of bins. */
  readonly say?: (value: number) => string;
  readonly box?: Box;
  readonly width?: number;
  readonly height?: number;
}

/** A histogram, with the box plot under it where there is one. A bin with anything in it can be seen. */
export function distribution(name: string, { from, width, counts }: Bins, options: DistributionOptions = {}): Html {
  if (counts.length === 0) return html`<p class="soft">no values</p>`;
  const { say = sayTick, height = 110 } = options;
  const most = Math.max(...counts);
  const unit = unitOf([from, width * counts.length]);
  const box = options.box && scaled(options.box, unit);
  // A column of one value is drawn as a bar of some width.
  const step = (width > 0 ? width / unit : Math.abs(from / unit) / 10) || 1;
  const start = width > 0 ? from / unit : from / unit - step / 2;
  const bars = counts.map((count, i) => ({
    x1: start + i * step,
    x2: start + (i + 1) * step,
    y: count === 0 ? 0 : Math.max(count, most * 0.02),
    title:
      width > 0 ? `${say(from + i * width)} to ${say(from + (i + 1) * width)}: ${count}` : `${say(from)}: ${count}`,
  }));
  const margin = width > 0 ? 0 : 2 * step;
  const [top, bottom] = [-most * 0.08, -most * 0.24];
  const middle = (top + bottom) / 2;
  return draw({
    label: `distribution of ${name}`,
    width: options.width ?? NARROW,
    height,
    marginLeft: 14,
    marginBottom: 20,
    x: { domain: [start - margin, start + counts.length * step + margin], label: null },
    y: { axis: null, domain: [box ? bottom : 0, most] },
    marks: [
      axisX({ ticks: width > 0 ? 4 : [from / unit], tickFormat: (value: number) => say(value * unit), label: null }),
      rect(bars, {
        x1: 'x1',
        x2: 'x2',
        y1: 0,
        y2: 'y',
        insetLeft: 0.5,
        insetRight: 0.5,
        fill: 'var(--a)',
        title: 'title',
      }),
      ruleY([0], { stroke: 'var(--line)' }),
      ...(box
        ? [
            ruleY([box], { y: () => middle, x1: 'low', x2: 'high', stroke: 'var(--soft)' }),
            ruleX([box.low, box.high], { y1: () => top, y2: () => bottom, stroke: 'var(--soft)' }),
            rect([box], {
              x1: 'first',
              x2: 'third',
              y1: () => top,
              y2: () => bottom,
              fill: 'var(--paper)',
              stroke: 'var(--soft)',
            }),
            ruleX([box.median], { y1: () => top, y2: () => bottom, stroke: 'var(--b)', strokeWidth: 2 }),
          ]
        : []),
    ],
  });
}

/** A box with its name, for several one under the other. */
export interface NamedBox extends Box {
  readonly name: string;
  readonly rows: number;
}

/** Box plots over one axis, one for each group. */
export function boxes(label: string, groups: readonly NamedBox[], say: (value: number) => string = sayTick): Html {
  const unit = unitOf(groups.flatMap(({ low, high }) => [low, high]));
  const rows = groups.map((group, row) => {
    const { name, rows: n, first, median, third } = group;
    const title = `${name}: ${n} rows, quartiles ${say(first)}, ${say(median)}, ${say(third)}`;
    return { row, title, ...scaled(group, unit) };
  });
  return draw({
    label,
    height: 24 * rows.length + 30,
    marginLeft: 110,
    marginBottom: 22,
    x: { label: null, ticks: 4, tickFormat: (value: number) => say(value * unit), grid: true },
    y: {
      label: null,
      // By place: two groups may be called alike.
      domain: rows.map(({ row }) => row),
      tickSize: 0,
      tickFormat: (row: number) => shortName(groups[row]?.name ?? '', 16),
    },
    marks: [
      ruleY(rows, { y: 'row', x1: 'low', x2: 'high', stroke: 'var(--soft)' }),
      barX(rows, {
        x1: 'first',
        x2: 'third',
        y: 'row',
        fill: 'var(--paper)',
        stroke: 'var(--soft)',
        inset: 3,
        title: 'title',
      }),
      tickX(rows, { x: 'median', y: 'row', stroke: 'var(--b)', strokeWidth: 2 }),
    ],
  });
}

function scaled({ low, first, median, third, high }: Box, unit: number): Box {
  return { low: low / unit, first: first / unit, median: median / unit, third: third / unit, high: high / unit };
}
