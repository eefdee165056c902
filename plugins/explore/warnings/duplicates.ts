import { warningKind } from './contract.js';

export const duplicates = warningKind({
  kind: 'duplicates',
  weight: 'costly',
  find: ({ duplicates: rows }) =>
    rows === 0
      ? []
      : [
          {
            columns: [],
            said: `${rows} ${rows === 1 ? 'row equals' : 'rows equal'} an earlier one in every column: they could stand in training and test at once`,
          },
        ],
});
