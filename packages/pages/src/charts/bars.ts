import type { Html } from '../html.js';
import { COLOURS } from '../colours.js';
import { draw, NARROW, shortName } from './draw.js';
import { barX, text } from './plot.js';

export interface Bar {
  readonly name: string;
  readonly size: number;
  /** What stands behind the bar. */
  readonly said: string;
}

/** A bar for each entry, one under the other, as long as its share of `full` (the largest by default). */
export function bars(label: string, entries: readonly Bar[], full?: number): Html {
  const most = full ?? Math.max(...entries.map(({ size }) => size), Number.MIN_VALUE);
  const rows = entries.map((entry, i) => ({ ...entry, row: i, title: `${entry.name}: ${entry.said}` }));
  return draw({
    label,
    height: 20 * rows.length + 4,
    marginTop: 2,
    marginBottom: 2,
    marginLeft: 120,
    marginRight: 62,
    x: { axis: null, domain: [0, most] },
    y: {
      label: null,
      // By place: two names that are cut alike are two bars.
      domain: rows.map(({ row }) => row),
      tickSize: 0,
      tickFormat: (row: number) => shortName(rows[row]?.name ?? '', 17),
    },
    marks: [
      barX(rows, {
        x1: 0,
        x2: () => most,
        y: 'row',
        fill: 'var(--line)',
        fillOpacity: 0.5,
        insetTop: 3,
        insetBottom: 3,
      }),
      barX(rows, { x1: 0, x2: 'size', y: 'row', fill: 'var(--a)', insetTop: 3, insetBottom: 3, title: 'title' }),
      text(rows, { x: () => most, y: 'row', text: 'said', textAnchor: 'start', dx: 6, fill: 'var(--soft)' }),
    ],
  });
}

/** Shares of classes in each group, as bars of one length; colours go by the order of `classes`. */
export function shares(
  label: string,
  classes: readonly string[],
  groups: readonly { readonly name: string; readonly counts: readonly number[] }[],
): Html {
  const parts = groups.flatMap(({ name, counts }, row) => {
    const all = counts.reduce((sum, count) => sum + count, 0) || 1;
    let from = 0;
    return counts.map((count, i) => {
      const part = {
        row,
        x1: from / all,
        x2: (from + count) / all,
        colour: COLOURS[i % COLOURS.length],
        title: `${name}: ${classes[i] ?? 'others'} ${count} of ${all}`,
      };
      from += count;
      return part;
    });
  });
  return draw({
    label,
    width: NARROW,
    height: 18 * groups.length + 4,
    marginTop: 2,
    marginBottom: 2,
    marginLeft: 120,
    x: { axis: null, domain: [0, 1] },
    y: {
      label: null,
      domain: groups.map((_, row) => row),
      tickSize: 0,
      tickFormat: (row: number) => shortName(groups[row]?.name ?? '', 17),
    },
    marks: [
      barX(parts, {
        x1: 'x1',
        x2: 'x2',
        y: 'row',
        fill: 'colour',
        insetTop: 2,
        insetBottom: 2,
        insetRight: 0.5,
        title: 'title',
      }),
    ],
  });
}

/** The colours of classes, as they stand in `shares` and `scatter`. */
export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? COLOURS[0];
}
