import { warningKind } from './contract.js';

/** Share of the values that are met once, from which on they name rows; and rows that are enough to tell. */
const [SHARE, ROWS] = [0.95, 20];

export const identifier = warningKind({
  kind: 'identifier',
  weight: 'wrong',
  find: ({ columns, label }) =>
    columns.flatMap((column) => {
      const { name, rows, missing, distinct } = column;
      const present = rows - missing;
      const coded = (column.kind === 'categorical' && !column.text && !column.images) || column.type === 'integer';
      if (name === label || !coded || present < ROWS || distinct < SHARE * present) return [];
      const said = `${name} looks like an identifier (${distinct} values in ${present} rows): a model would learn it by heart`;
      return [{ columns: [name], said }];
    }),
});
