import { html, type Html } from '../html.js';
import { COLOURS } from '../colours.js';
import { draw, sayTick, shortName, unitOf } from './draw.js';
import { axisX, barX, rect, ruleY, text } from './plot.js';

/** One of several sides of a drawing; colours go by their order. */
export interface Series {
  readonly name: string;
  readonly counts: readonly number[];
}

/**
 * Histograms over the same bins, one over the other; each as shares of its own values, so that a side of many rows does not
 * hide one of few.
 */
export function overlaid(
  name: string,
  { from, width }: { readonly from: number; readonly width: number },
  series: readonly Series[],
  say: (value: number) => string = sayTick,
): Html {
  const bins = Math.max(...series.map(({ counts }) => counts.length), 0);
  if (bins === 0) return html`<p class="soft">no values</p>`;
  const unit = unitOf([from, width * bins]);
  const step = (width > 0 ? width / unit : Math.abs(from / unit) / 10) || 1;
  const start = width > 0 ? from / unit : from / unit - step / 2;
  const drawn = series.flatMap(({ name: side, counts }, place) => {
    const all = counts.reduce((sum, count) => sum + count, 0) || 1;
    return counts.map((count, i) => ({
      x1: start + i * step,
      x2: start + (i + 1) * step,
      y: count / all,
      colour: COLOURS[place % COLOURS.length],
      title: `${side}, ${width > 0 ? `${say(from + i * width)} to ${say(from + (i + 1) * width)}` : say(from)}: ${count}`,
    }));
  });
  const margin = width > 0 ? 0 : 2 * step;
  return draw({
    label: `distributions of ${name}`,
    height: 110,
    marginLeft: 14,
    marginBottom: 20,
    x: { domain: [start - margin, start + bins * step + margin], label: null },
    y: { axis: null, domain: [0, Math.max(...drawn.map(({ y }) => y), Number.MIN_VALUE)] },
    marks: [
      axisX({ ticks: width > 0 ? 4 : [from / unit], tickFormat: (value: number) => say(value * unit), label: null }),
      rect(
        drawn.filter(({ y }) => y > 0),
        {
          x1: 'x1',
          x2: 'x2',
          y1: 0,
          y2: 'y',
          insetLeft: 0.5,
          insetRight: 0.5,
          fill: 'colour',
          fillOpacity: 0.35,
          stroke: 'colour',
          title: 'title',
        },
      ),
      ruleY([0], { stroke: 'var(--line)' }),
    ],
  });
}

/** Values with a bar for each side, one under the other: as long as the share of that side. */
export function sided(
  label: string,
  entries: readonly {
    readonly name: string;
    readonly sides: readonly { readonly share: number; readonly said: string }[];
  }[],
): Html {
  const sides = Math.max(...entries.map((entry) => entry.sides.length), 1);
  const rows = entries.flatMap((entry, i) =>
    entry.sides.map(({ share, said }, side) => ({
      share,
      said,
      row: i * sides + side,
      colour: COLOURS[side % COLOURS.length],
      title: `${entry.name}: ${said}`,
    })),
  );
  const most = Math.max(...rows.map(({ share }) => share), Number.MIN_VALUE);
  return draw({
    label,
    height: 15 * sides * entries.length + 4,
    marginTop: 2,
    marginBottom: 2,
    marginLeft: 120,
    marginRight: 62,
    x: { axis: null, domain: [0, most] },
    y: {
      label: null,
      domain: Array.from({ length: sides * entries.length }, (_, row) => row),
      tickSize: 0,
      // One name for the bars of all sides.
      tickFormat: (row: number) => (row % sides === 0 ? shortName(entries[row / sides]?.name ?? '', 17) : ''),
    },
    marks: [
      barX(rows, {
        x1: 0,
        x2: 'share',
        y: 'row',
        fill: 'colour',
        fillOpacity: 0.75,
        insetTop: 1,
        insetBottom: 1,
        title: 'title',
      }),
      text(rows, { x: () => most, y: 'row', text: 'said', textAnchor: 'start', dx: 6, fill: 'var(--soft)' }),
    ],
  });
}
