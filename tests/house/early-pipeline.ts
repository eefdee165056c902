// Every line that ends in `refused: …` breaks a rule of project/lint; lint.test.ts looks for these words.
import * as clean from '../../plugins/clean/index.js';
import * as features from '../../plugins/features/index.js';
import * as ingest from '../../plugins/ingest/index.js';
import * as split from '../../plugins/split/index.js';

const rules = [{ rule: 'impute' as const, columns: ['mass'], by: 'median' as const }];
const rows = ingest.csv({ source: 'rows.csv' });
const learnt = clean.fit({ train: rows, rules }); // refused: Split first
const tidy = clean.apply({ table: rows, cleaning: learnt });
const recipe = { numeric: ['mass'] } as never;
export const early = features.fit({ table: tidy.table, recipe }); // refused: split.random deals to validation and test
export const parts = split.random({ table: tidy.table });

export const wellLearnt = clean.fit({ train: parts.train, rules });
export const train = clean.apply({ table: parts.train, cleaning: wellLearnt }).table;
export const prep = features.fit({ table: train, recipe });
export const folds = split.folds({ table: train, k: 3 });
export const other = features.fit({ table: ingest.csv({ source: 'other.csv' }), recipe });

export const lastYear = (): unknown => {
  const former = ingest.csv({ source: '2023.csv' });
  const raw = ingest.csv({ source: '2024.csv' });
  const ofFormer = clean.fit({ train: former, rules });
  return split.random({ table: clean.apply({ table: raw, cleaning: ofFormer }).table });
};
export const whole = (): unknown => {
  const raw = ingest.csv({ source: 'all.csv' });
  return features.fit({ table: raw, recipe });
};
export const assigned = (): unknown => {
  let part;
  part = parts.train;
  return [split.folds({ table: part, k: 3 }), features.fit({ table: part, recipe })];
};
export const oneOrOther = (small: boolean): unknown => {
  let some: typeof parts.train = ingest.csv({ source: 'all.csv' });
  const dealt = split.random({ table: some });
  if (small) some = dealt.train;
  return features.fit({ table: some, recipe });
};
export const given = (some: typeof parts.train): unknown => [
  split.folds({ table: some, k: 3 }),
  features.fit({ table: some, recipe }),
];

export const renamed = (): unknown => {
  let that;
  const it = ingest.csv({ source: 'all.csv' });
  that = it;
  return [split.random({ table: that }), features.fit({ table: it, recipe })]; // refused: Split first
};
