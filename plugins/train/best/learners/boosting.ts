import { float, int } from 'ml-hyperparameter';
import type { Facts, Learner, Params } from './contract.js';
import { grow } from './grow.js';

const start: Params = {
  learning_rate: 0.05,
  num_leaves: 31,
  min_data_in_leaf: 20,
  feature_fraction: 0.9,
  bagging_fraction: 0.9,
  lambda_l1: 1e-3,
  lambda_l2: 1e-3,
  path_smooth: 0,
};

/** Leaves need rows: what a fold has too few for is not tried. */
const fit = ({ rows }: Facts, params: Params): Params => ({
  ...params,
  min_data_in_leaf: Math.max(2, Math.min(params['min_data_in_leaf'] as number, Math.floor(rows / 10))),
});

/** Boosted trees by LightGBM, ended early by the held-out rows. */
export const boosting: Learner = {
  name: 'boosting',
  title: 'Boosted trees, by LightGBM',
  tasks: ['classes', 'number'],
  form: 'passed',
  space: ({ rows }) => ({
    learning_rate: float(0.01, 0.3, { log: true }),
    num_leaves: int(4, Math.max(8, Math.min(256, Math.floor(rows / 4))), { log: true }),
    min_data_in_leaf: int(2, Math.max(4, Math.min(128, Math.floor(rows / 10))), { log: true }),
    feature_fraction: float(0.3, 1),
    bagging_fraction: float(0.5, 1),
    lambda_l1: float(1e-3, 10, { log: true }),
    lambda_l2: float(1e-3, 10, { log: true }),
    path_smooth: float(0, 20),
  }),
  first: (facts) =>
    [
      { ...start, learning_rate: 0.1, num_leaves: Math.min(31, Math.max(8, Math.floor(facts.rows / 4))) },
      { ...start, num_leaves: 8, min_data_in_leaf: 5, feature_fraction: 0.7, bagging_fraction: 0.8, lambda_l2: 1 },
      {
        ...start,
        learning_rate: 0.03,
        num_leaves: Math.max(8, Math.min(128, Math.floor(facts.rows / 4))),
        min_data_in_leaf: 5,
        feature_fraction: 0.7,
        bagging_fraction: 0.8,
      },
      { ...start, num_leaves: 4, min_data_in_leaf: 10, feature_fraction: 0.5, lambda_l2: 10 },
    ].map((params) => fit(facts, params)),
  fit: (request) =>
    grow(request, {
      parameters: { ...request.params, bagging_freq: 1 },
      iterations: 4000,
      patience: Math.round(Math.min(150, Math.max(25, 4 / (request.params['learning_rate'] as number)))),
    }),
};
