import { warningKind } from './contract.js';

export const notFinite = warningKind({
  kind: 'not-finite',
  weight: 'costly',
  find: ({ columns }) =>
    columns.flatMap((column) => {
      if (column.kind !== 'numeric' || column.nan + column.infinite === 0) return [];
      const { name, nan, infinite } = column;
      const found = [nan > 0 ? `${nan} cells that are NaN` : '', infinite > 0 ? `${infinite} infinite ones` : ''];
      const said = `${name} has ${found.filter(Boolean).join(' and ')}: its statistics leave them out, a model may not`;
      return [{ columns: [name], said }];
    }),
});
