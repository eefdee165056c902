import { percent } from '../../words.js';
import { comparisonWarning } from './contract.js';

export const missing = comparisonWarning({
  kind: 'missing-moved',
  weight: 'costly',
  find: ({ columns, names }) =>
    columns.flatMap(({ name, profiles: [a, b], moved }) => {
      if (!a || !b || !moved.some(({ of, drifted }) => of === 'missing' && drifted)) return [];
      const said = `${name} is missing in ${percent(a.missing / a.rows)} of ${names[0]}, in ${percent(b.missing / b.rows)} of ${names[1]}`;
      return [{ columns: [name], said }];
    }),
});
