import { comparisonWarning } from './contract.js';

export const notFinite = comparisonWarning({
  kind: 'not-finite',
  weight: 'costly',
  find: ({ columns, names }) =>
    columns.flatMap(({ name, profiles: [a, b] }) => {
      if (a?.kind !== 'numeric' || b?.kind !== 'numeric') return [];
      const cells = b.nan + b.infinite;
      if (cells === 0 || a.nan + a.infinite > 0) return [];
      return [
        {
          columns: [name],
          said: `${name} has ${cells} cells of ${names[1]} that are NaN or infinite, none of ${names[0]}`,
        },
      ];
    }),
});
