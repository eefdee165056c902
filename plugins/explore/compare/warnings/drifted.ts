import { sayFigure } from '@trainyard/pages';
import { presentOf } from '../../profile.js';
import { percent } from '../../words.js';
import type { ComparedColumn, Moved } from '../comparison.js';
import { comparisonWarning } from './contract.js';

export const drifted = comparisonWarning({
  kind: 'drift',
  weight: 'costly',
  find: ({ columns, names }) =>
    columns.flatMap((column) =>
      column.moved
        .filter((one) => one.of !== 'missing' && one.drifted)
        .map((one) => ({
          columns: [column.name],
          said: `${one.of === 'lengths' ? 'the length of ' : ''}${column.name} lies elsewhere in ${percent(one.effect)} of the rows (PSI ${one.psi.toFixed(2)})${most(column, one, names)}`,
        })),
    ),
});

/** What of it has moved most, in words. */
function most({ profiles: [a, b], values }: ComparedColumn, { of }: Moved, names: readonly [string, string]): string {
  if (!a || !b || of === 'lengths') return '';
  if (a.kind === 'numeric' && b.kind === 'numeric')
    return `: its median is ${sayFigure(a.quartiles[1])} in ${names[0]}, ${sayFigure(b.quartiles[1])} in ${names[1]}`;
  const [before, after] = [presentOf(a), presentOf(b)];
  const [first] = values
    .map(({ value, rows }) => ({ value, was: rows[0] / before, is: rows[1] / after }))
    .sort((x, y) => Math.abs(y.is - y.was) - Math.abs(x.is - x.was));
  return first
    ? `: ${JSON.stringify(first.value)} has ${percent(first.was)} of ${names[0]}, ${percent(first.is)} of ${names[1]}`
    : '';
}
