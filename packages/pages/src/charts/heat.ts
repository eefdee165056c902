import type { Html } from '../html.js';
import { draw, shortName } from './draw.js';
import { axisX, axisY, cell, text } from './plot.js';

const [CELL, NAMES] = [34, 124];

/** A square of numbers of at most `most` in size: the darker, the larger; the first colour for positive, the second for negative. */
export function heat(
  label: string,
  names: readonly string[],
  valueOf: (row: number, column: number) => number | undefined,
  most = 1,
): Html {
  const cells = names.flatMap((a, row) =>
    names.flatMap((b, column) => {
      const value = valueOf(row, column);
      return value === undefined
        ? []
        : [{ row, column, value, said: value.toFixed(2), title: `${a}, ${b}: ${value.toFixed(4)}` }];
    }),
  );
  const places = names.map((_, i) => i);
  const said = (i: number): string => shortName(names[i] ?? '', 17);
  const size = CELL * names.length;
  return draw({
    label,
    width: size + NAMES + 12,
    height: size + NAMES + 12,
    marginLeft: NAMES,
    marginTop: NAMES,
    marginRight: 10,
    marginBottom: 10,
    x: { domain: places, label: null },
    y: { domain: places, label: null },
    marks: [
      axisX({ anchor: 'top', tickSize: 0, tickRotate: -90, tickFormat: said }),
      axisY({ tickSize: 0, tickFormat: said }),
      cell(cells, {
        x: 'column',
        y: 'row',
        inset: 0.5,
        fill: ({ value }: { value: number }) => (value < 0 ? 'var(--b)' : 'var(--a)'),
        fillOpacity: ({ value }: { value: number }) => (Math.abs(value) / most) * 0.75,
        title: 'title',
      }),
      text(cells, { x: 'column', y: 'row', text: 'said', fontSize: 9 }),
    ],
    opacity: { type: 'identity' },
  });
}
