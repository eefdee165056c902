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
