import { comparisonWarning } from './contract.js';

export const spellings = comparisonWarning({
  kind: 'spellings',
  weight: 'costly',
  find: ({ columns, names }) =>
    columns.flatMap(({ name, spellings: groups }) =>
      groups.slice(0, 3).map((group) => ({
        columns: [name],
        said: `${name} has ${group.map((one) => JSON.stringify(one)).join(' and ')}, which differ in case or white space alone, and not all in ${names[0]}`,
      })),
    ),
});
