import { boolean, float, int } from 'ml-hyperparameter';
import type { Learner } from './contract.js';
import { grow } from './grow.js';

/** Forests by LightGBM: trees side by side, each on rows drawn for it; with `extra_trees`, at one drawn threshold for each feature. */
export const forest: Learner = {
  name: 'forest',
  title: 'A forest of trees, by LightGBM',
  tasks: ['classes', 'number'],
  form: 'passed',
  space: () => ({
    min_data_in_leaf: int(1, 32, { log: true }),
    feature_fraction_bynode: float(0.1, 1),
    bagging_fraction: float(0.4, 0.95),
    extra_trees: boolean(),
  }),
  first: () => [
    { min_data_in_leaf: 2, feature_fraction_bynode: 0.4, bagging_fraction: 0.632, extra_trees: true },
    { min_data_in_leaf: 4, feature_fraction_bynode: 0.4, bagging_fraction: 0.632, extra_trees: false },
  ],
  fit: (request) =>
    grow(request, {
      parameters: {
        ...request.params,
        boosting: 'rf',
        bagging_freq: 1,
        num_leaves: Math.max(8, Math.min(256, request.lesson.train.rows)),
        min_sum_hessian_in_leaf: 1e-3,
      },
      iterations: 100,
      patience: 0,
    }),
};
