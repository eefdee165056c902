import { sayFigure } from '@trainyard/pages';
import { presentOf } from '../../profile.js';
import { comparisonWarning } from './contract.js';

/** The chance, where both sides are alike, below which so many rows beyond are a finding. */
const CHANCE = 0.001;

export const range = comparisonWarning({
  kind: 'range',
  weight: 'costly',
  find: ({ columns, names }) =>
    columns.flatMap(({ name, profiles: [a, b], beyond }) => {
      if (!beyond || a?.kind !== 'numeric' || b?.kind !== 'numeric') return [];
      const [before, after] = [presentOf(a), presentOf(b)];
      const said = (['below', 'above'] as const).flatMap((side) =>
        chanceOf(beyond[side], before, after) < CHANCE
          ? [`${beyond[side]} ${side} ${sayFigure(side === 'below' ? a.min : a.max)}`]
          : [],
      );
      if (said.length === 0) return [];
      return [
        { columns: [name], said: `${name} leaves the range of ${names[0]} in rows of ${names[1]}: ${said.join(', ')}` },
      ];
    }),
});

/** That the outermost `n` of all values are the table's, where each order of all values is equally likely. */
function chanceOf(n: number, before: number, after: number): number {
  let chance = 1;
  for (let i = 0; i < n && chance >= CHANCE; i++) chance *= (after - i) / (before + after - i);
  return chance;
}
