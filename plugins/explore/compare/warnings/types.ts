import { comparisonWarning } from './contract.js';

export const types = comparisonWarning({
  kind: 'type-changed',
  weight: 'wrong',
  // A column without a value has no type to speak of.
  find: ({ columns, names }) =>
    columns.flatMap(({ name, profiles: [a, b] }) =>
      a && b && a.type !== b.type && a.missing < a.rows && b.missing < b.rows
        ? [{ columns: [name], said: `${name} is ${a.type} in ${names[0]}, ${b.type} in ${names[1]}: declare its type` }]
        : [],
    ),
});
