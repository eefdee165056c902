import { warningKind } from './contract.js';
import { percent } from '../words.js';

/** Share of the rows from which on gaps are worth a word; of a label each one is. */
const SHARE = 0.3;

export const missing = warningKind({
  kind: 'missing',
  weight: 'costly',
  find: ({ rows, columns, label }) =>
    columns.flatMap(({ name, missing: gaps }) => {
      if (gaps === 0 || gaps === rows) return [];
      if (name === label) return [{ columns: [name], said: `${gaps} rows have no label (${name})` }];
      return gaps >= SHARE * rows
        ? [{ columns: [name], said: `${name} is missing in ${percent(gaps / rows)} of the rows` }]
        : [];
    }),
});
