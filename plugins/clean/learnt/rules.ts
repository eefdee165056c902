import { z } from 'zod';
import { ROW_RULE_SCHEMAS, rowRule } from '@trainyard/transforms';
import type { LearningKind } from './contract.js';
import { imputeKind } from './impute.js';
import { isolationKind } from './isolation.js';
import { iterativeKind } from './iterative.js';
import { neighboursKind } from './neighbours.js';
import { outliersKind } from './outliers.js';
import { sparseColumnsKind } from './sparse-columns.js';
import { spellingKind } from './spelling.js';

/** All kinds of rules that learn, in the order of the documentation. */
export const LEARNING_RULES: readonly LearningKind[] = [
  imputeKind,
  neighboursKind,
  iterativeKind,
  outliersKind,
  isolationKind,
  spellingKind,
  sparseColumnsKind,
];

/** A rule that learns from the training part, or a row rule among such. */
export const learningRule = z.discriminatedUnion('rule', [
  ...ROW_RULE_SCHEMAS,
  imputeKind.schema,
  neighboursKind.schema,
  iterativeKind.schema,
  outliersKind.schema,
  isolationKind.schema,
  spellingKind.schema,
  sparseColumnsKind.schema,
]);
export type LearningRule = z.output<typeof learningRule>;
/** A rule as its author writes it. */
export type LearningRuleInput = z.input<typeof learningRule>;

/** What was learnt: row rules with the constants of the training part, in order. */
export const fittedCleaning = z.object({
  format: z.literal('trainyard.cleaning/1'),
  /** Rows that it was learnt from. */
  rows: z.int(),
  rules: z.array(rowRule),
});
export type FittedCleaning = z.output<typeof fittedCleaning>;
