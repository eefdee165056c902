import { comparisonWarning } from './contract.js';

export const oneSided = comparisonWarning({
  kind: 'one-sided',
  weight: 'costly',
  find: ({ columns, names }) =>
    columns.flatMap(({ name, profiles: [a, b] }) =>
      a && b ? [] : [{ columns: [name], said: `${name} stands in ${names[a ? 0 : 1]} alone` }],
    ),
});
