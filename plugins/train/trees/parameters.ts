import { sayNearest } from '@trainyard/errors';
import { z } from 'zod';

const whole = (least: number, most = 2 ** 31 - 1) => z.number().int().min(least).max(most);
const share = z.number().gt(0).max(1);
const atLeast0 = z.number().min(0);

/** LightGBM's own parameters by its standard names, with its defaults where a default is not said here. */
const standard = {
  boosting: z
    .enum(['gbdt', 'dart', 'rf'])
    .default('gbdt')
    .describe('gbdt: each tree mends the sum of those before; dart: some left out at each; rf: a random forest'),
  num_iterations: whole(1, 1_000_000).default(100).describe('trees, or trees for each class'),
  learning_rate: z.number().positive().max(10).default(0.1).describe('how much of each tree is added'),
  num_leaves: whole(2, 131_072).default(31).describe('most leaves of a tree'),
  max_depth: whole(-1).default(-1).describe('most splits from root to leaf; -1: no limit'),
  min_data_in_leaf: whole(0).default(20).describe('least rows in a leaf'),
  min_sum_hessian_in_leaf: atLeast0.optional().describe('least sum of second derivatives in a leaf'),
  max_bin: whole(2, 65_535).default(255).describe('most bins of the values of a feature'),
  min_data_in_bin: whole(1).optional().describe('least rows in a bin'),
  bagging_fraction: share.default(1).describe('share of rows that a tree is grown on'),
  bagging_freq: whole(0).default(0).describe('iterations after which rows are drawn anew; 0: all rows'),
  pos_bagging_fraction: share.optional().describe('share of the second class of two'),
  neg_bagging_fraction: share.optional().describe('share of the first class of two'),
  feature_fraction: share.default(1).describe('share of features that a tree sees'),
  feature_fraction_bynode: share.optional().describe('share of features that a split sees'),
  extra_trees: z.boolean().optional().describe('one drawn threshold for each feature'),
  data_sample_strategy: z
    .enum(['bagging', 'goss'])
    .optional()
    .describe(
      'goss: rows by their gradients; trained on one thread, since it is another model on each number of threads',
    ),
  top_rate: share.optional().describe('goss: share of large gradients kept'),
  other_rate: share.optional().describe('goss: share of small gradients kept'),
  lambda_l1: atLeast0.default(0).describe('L1 penalty of leaf values'),
  lambda_l2: atLeast0.default(0).describe('L2 penalty of leaf values'),
  min_gain_to_split: atLeast0.default(0).describe('least gain of a split'),
  max_delta_step: z.number().optional().describe('most that a leaf may say; 0 or less: no limit'),
  path_smooth: atLeast0.optional().describe('how much a leaf is drawn to its parent'),
  drop_rate: z.number().min(0).max(1).optional().describe('dart: share of trees left out'),
  max_drop: whole(-1).optional().describe('dart: most trees left out'),
  skip_drop: z.number().min(0).max(1).optional().describe('dart: chance that none is left out'),
  uniform_drop: z.boolean().optional().describe('dart: each tree is left out alike'),
  xgboost_dart_mode: z.boolean().optional().describe("dart: weights as in XGBoost's"),
  min_data_per_group: whole(1).optional().describe('least rows of a group of categories'),
  max_cat_threshold: whole(1).optional().describe('most groups of categories that a split tries'),
  cat_l2: atLeast0.optional().describe('L2 penalty in splits of categories'),
  cat_smooth: atLeast0.optional().describe('how much rare categories are drawn together'),
  max_cat_to_onehot: whole(1).optional().describe('categories up to which each is split off alone'),
  monotone_constraints: z
    .record(z.string(), z.union([z.literal(-1), z.literal(0), z.literal(1)]))
    .optional()
    .describe('by feature: 1, the answer never falls as it rises; -1, never rises'),
  monotone_constraints_method: z
    .enum(['basic', 'intermediate', 'advanced'])
    .optional()
    .describe('how strictly splits are cut'),
  monotone_penalty: atLeast0.optional().describe('how much constrained splits are put off at the top'),
  use_quantized_grad: z
    .boolean()
    .optional()
    .describe('gradients in few bits; trained on one thread, since it is another model on each number of threads'),
  num_grad_quant_bins: whole(2).optional().describe('quantized gradients: their bins'),
  quant_train_renew_leaf: z.boolean().optional().describe('quantized gradients: leaf values from the exact ones'),
  stochastic_rounding: z.boolean().optional().describe('quantized gradients: rounded by chance'),
  boost_from_average: z.boolean().optional().describe('start at the mean'),
  early_stopping_round: whole(0)
    .default(0)
    .describe(
      'iterations without a lower validation loss after which training stops, with the trees of the best; 0: all are grown and kept',
    ),
  early_stopping_min_delta: atLeast0.default(0).describe('by how much a loss must be lower to count'),
};

/** What is ours beside LightGBM's. */
const ours = {
  segment: whole(0)
    .default(100)
    .describe(
      'iterations of a segment: after each, a checkpoint, and boosting starts anew on the scores so far, in every run, so that a resumed one is equal; 0: one segment, as LightGBM itself trains, without checkpoints',
    ),
};

const ofNumbers = {
  objective: z
    .enum(['regression', 'regression_l1', 'huber', 'fair', 'poisson', 'quantile', 'mape', 'gamma', 'tweedie'])
    .default('regression')
    .describe('the loss: regression is squared, regression_l1 absolute'),
  alpha: z.number().gt(0).optional().describe('huber: where it turns linear; quantile: which'),
  fair_c: z.number().positive().optional().describe('fair: its scale'),
  poisson_max_delta_step: z.number().positive().optional().describe('poisson: safeguard of its steps'),
  tweedie_variance_power: z.number().min(1).lt(2).optional().describe('tweedie: 1 is near poisson, 2 near gamma'),
};

/** Other names that LightGBM and its Python package know, and what is meant here. */
const MEANT: Readonly<Record<string, string>> = {
  n_estimators: 'num_iterations',
  num_round: 'num_iterations',
  num_trees: 'num_iterations',
  num_boost_round: 'num_iterations',
  n_iter: 'num_iterations',
  max_iter: 'num_iterations',
  eta: 'learning_rate',
  shrinkage_rate: 'learning_rate',
  max_leaves: 'num_leaves',
  max_leaf: 'num_leaves',
  boosting_type: 'boosting',
  booster: 'boosting',
  subsample: 'bagging_fraction',
  subsample_freq: 'bagging_freq',
  colsample_bytree: 'feature_fraction',
  reg_alpha: 'lambda_l1',
  reg_lambda: 'lambda_l2',
  min_child_samples: 'min_data_in_leaf',
  min_child_weight: 'min_sum_hessian_in_leaf',
  min_split_gain: 'min_gain_to_split',
  early_stopping_rounds: 'early_stopping_round',
  monotone_constraint: 'monotone_constraints',
  is_unbalance: 'classWeights',
  scale_pos_weight: 'classWeights',
  class_weight: 'classWeights',
};

/** Named by LightGBM, decided here. */
const DECIDED: Readonly<Record<string, string>> = {
  seed: 'the seed is the run’s',
  random_state: 'the seed is the run’s',
  num_threads: 'the threads are those of the call: resources: { cpu }',
  n_jobs: 'the threads are those of the call: resources: { cpu }',
  num_class: 'the classes are those of the label',
  deterministic: 'it is always on',
  force_row_wise: 'it is always on',
  force_col_wise: 'row-wise histograms alone are the same for every number of threads',
  categorical_feature: 'categories are the columns of recipe.pass of features.fit that hold text',
  linear_tree: 'linear trees are not offered: they have no SHAP values',
};

/** A contract's parameters that refuse unknown names: LightGBM takes them without a word. */
export function strictParameters<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? (issue['keys'] as string[])
            .map((name) => `there is no parameter ${name}; ${sayInstead(name, known)}`)
            .join('; ')
        : undefined,
  });
}

function sayInstead(name: string, known: readonly string[]): string {
  const decided = DECIDED[name];
  if (decided !== undefined) return decided;
  const meant = MEANT[name];
  return meant !== undefined && known.includes(meant) ? `it is called ${meant}` : sayNearest(name, known);
}

/** Parameters of every learner of trees, and of those of numbers. */
export const treeParameters = { ...standard, ...ours };
export const numberParameters = ofNumbers;

export type TreeParameters = z.output<z.ZodObject<typeof treeParameters>>;
export type NumberParameters = z.output<z.ZodObject<typeof ofNumbers>>;
