import { comparisonWarning } from './contract.js';

const ROWS = 50;

export const fewRows = comparisonWarning({
  kind: 'few-rows',
  weight: 'worth knowing',
  find: ({ rows, names }) =>
    rows.flatMap((n, side) =>
      n < ROWS
        ? [{ columns: [], said: `${n} rows of ${names[side]} are few: only what has moved far can be told` }]
        : [],
    ),
});
