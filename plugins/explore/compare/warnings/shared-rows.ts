import { percent } from '../../words.js';
import { comparisonWarning } from './contract.js';

export const sharedRows = comparisonWarning({
  kind: 'shared-rows',
  weight: 'wrong',
  find: ({ shared: { rows, columns }, names, rows: [, all] }) =>
    rows === 0
      ? []
      : [
          {
            columns: [],
            said: `${rows} rows of ${names[1]} (${percent(rows / all)}) equal one of ${names[0]} in all ${columns.length} columns: what is measured on one was seen in the other`,
          },
        ],
});
