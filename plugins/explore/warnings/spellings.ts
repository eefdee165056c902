import { spellingWarnings } from '@trainyard/tables';
import { warningKind } from './contract.js';

export const spellings = warningKind({
  kind: 'spellings',
  weight: 'costly',
  find: ({ columns }) =>
    columns.flatMap((column) =>
      column.kind === 'categorical'
        ? spellingWarnings(column.name, column.spellings).map((said) => ({ columns: [column.name], said }))
        : [],
    ),
});
