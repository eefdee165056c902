import { warningKind } from './contract.js';

export const allMissing = warningKind({
  kind: 'all-missing',
  weight: 'costly',
  find: ({ rows, columns }) =>
    columns.flatMap(({ name, missing }) =>
      rows > 0 && missing === rows ? [{ columns: [name], said: `${name} has no value at all: drop it` }] : [],
    ),
});
