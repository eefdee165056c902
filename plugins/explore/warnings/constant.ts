import { warningKind } from './contract.js';

export const constant = warningKind({
  kind: 'constant',
  weight: 'costly',
  find: ({ columns }) =>
    columns.flatMap((column) => {
      const { name, distinct } = column;
      const others = column.kind === 'numeric' ? column.nan + column.infinite : 0;
      return distinct === 1 && others === 0
        ? [{ columns: [name], said: `${name} has one value only, so it says nothing: drop it` }]
        : [];
    }),
});
