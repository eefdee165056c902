import { z } from 'zod';
import type { MeasuredTask } from './tasks/index.js';

/** Distances between groups that are 0 where they are treated alike. */
export const FAIRNESS_NAMES = ['selectionRate', 'equalOpportunity', 'equalisedOdds', 'predictiveParity'] as const;

/** Ways to mend probabilities. */
export const CALIBRATION_NAMES = ['temperature', 'platt', 'isotonic'] as const;

const averages = z.object({ micro: z.number(), macro: z.number(), weighted: z.number() });
const number = z.number();
/** Null where it is not defined. */
const maybe = z.number().nullable();
/** The same of figures that came later: values that were written before, and those of other trainers, lack them. */
const added = maybe.optional();

/** Shape of a classifier's figures as they travel in values: what `f1.macro` and the like are read from. */
export const figuresSchema = z.object({
  n: z.number().int(),
  accuracy: z.number(),
  balancedAccuracy: z.number(),
  f1: averages,
  precision: averages,
  recall: averages,
  logLoss: z.number(),
  brier: z.number(),
  rocAuc: maybe,
  matthews: z.number(),
  kappa: maybe,
  calibrationError: z.number(),
  f2: averages.optional(),
  fHalf: averages.optional(),
  /** Null where a class has no rows. */
  prAuc: added,
  /** Null where there are no more classes than that. */
  top2: added,
  top3: added,
  top5: added,
  'lift@10': added,
  /** Null where no costs are said. */
  expectedCost: added,
});

const rows = z.object({ n: z.number().int() });

/** Shape of the figures of each type of task as they travel in values; `n` is the number of rows. */
export const TASK_FIGURES = {
  classification: figuresSchema,
  'multi-label': rows.extend({
    subsetAccuracy: number,
    hamming: number,
    f1: z.object({ micro: maybe, macro: maybe, weighted: added }),
    precision: z.object({ micro: maybe, macro: maybe }).optional(),
    recall: z.object({ micro: maybe, macro: maybe }).optional(),
  }),
  regression: rows.extend({
    mae: number,
    rmse: number,
    mse: number.optional(),
    r2: maybe,
    medianAbsoluteError: number,
    mape: maybe,
    meanError: number,
  }),
  quantiles: rows.extend({ pinball: number, coverage: maybe, coverageGap: maybe, width: maybe, crossing: number }),
  forecasting: rows.extend({ mae: number, rmse: number, smape: number, mase: maybe, coverage: maybe }),
  ranking: rows.extend({ 'ndcg@10': maybe, 'ndcg@5': maybe, ndcg: maybe, map: maybe, mrr: maybe }),
  embedding: rows.extend({ 'recall@1': maybe, 'recall@5': maybe, 'recall@10': maybe, mrr: maybe }),
} as const satisfies Record<MeasuredTask, z.ZodObject>;

/** The figures of models of a type of task. */
export type FiguresOf<Task extends MeasuredTask> = z.output<(typeof TASK_FIGURES)[Task]>;

export {
  armTotals,
  EXPERIMENT_VERDICTS,
  experimentPlan,
  experimentQuestion,
  experimentVerdict,
  outcomeTotals,
  type ArmTotals,
  type ExperimentPlan,
  type ExperimentQuestion,
  type ExperimentVerdict,
  type OutcomeTotals,
} from './experiment/contract.js';
