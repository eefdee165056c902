import { warningKind } from './contract.js';

const SKEWNESS = 2;

export const skewed = warningKind({
  kind: 'skewed',
  weight: 'worth knowing',
  find: ({ columns }) =>
    columns.flatMap((column) =>
      column.kind === 'numeric' && column.distinct > 2 && Math.abs(column.skewness) >= SKEWNESS
        ? [
            {
              columns: [column.name],
              said: `${column.name} is skewed (${column.skewness.toFixed(1)}): a few values are far from the others`,
            },
          ]
        : [],
    ),
});
