import { presentOf } from '../../profile.js';
import { percent } from '../../words.js';
import { comparisonWarning } from './contract.js';

/** Rows that a lost value would have had in the table, from which on it is no chance that none has it: e^-7 < 0.001. */
const EXPECTED = 7;

export const lostCategory = comparisonWarning({
  kind: 'lost-category',
  weight: 'worth knowing',
  find: ({ columns, names }) =>
    columns.flatMap(({ name, only, profiles: [a, b] }) => {
      if (!only || !a || !b) return [];
      const [before, after] = [presentOf(a), presentOf(b)];
      return only[0].top
        .filter(({ rows }) => (rows / before) * after >= EXPECTED)
        .map(({ value, rows }) => ({
          columns: [name],
          said: `${name} is ${JSON.stringify(value)} in ${percent(rows / before)} of ${names[0]}, in no row of ${names[1]}`,
        }));
    }),
});
