import { fitLinear } from '@trainyard/learners';
import { float } from 'ml-hyperparameter';
import { linearRegression } from '../../kinds/linear.js';
import { tensorParts } from '../../kinds/tensor-kind.js';
import type { Learner } from './contract.js';

/** Multiplications that one training may take at most: rows × features × the smaller of both, and a sweep's. */
const MOST = 1e9;

/** Linear regression with an elastic net (Zou and Hastie 2005); its penalties are shares of what the rows weigh. */
export const linear: Learner = {
  name: 'linear',
  title: 'Linear regression with an elastic net',
  tasks: ['number'],
  form: 'scaled',
  suits: ({ rows, width }) => rows * width * Math.min(rows, width) <= MOST,
  space: () => ({ penalty: float(1e-5, 10, { log: true }), l1_ratio: float(0, 1) }),
  first: () => [
    { penalty: 0.01, l1_ratio: 0 },
    { penalty: 0.01, l1_ratio: 0.5 },
    { penalty: 0.1, l1_ratio: 0.5 },
  ],
  async fit({ params, lesson: { train }, weights }) {
    const [penalty, ratio] = [params['penalty'] as number, params['l1_ratio'] as number];
    const { rows, width } = train;
    const { coefficients, intercept } = fitLinear(
      { ...train, weights },
      {
        l1: penalty * ratio * rows * deviation(train.labels),
        l2: penalty * (1 - ratio) * rows,
        iterations: 1_000,
        tolerance: 1e-5,
      },
    );
    return {
      kind: linearRegression,
      ...tensorParts(
        {},
        {
          coefficients: { shape: [width], values: coefficients },
          intercept: { shape: [1], values: Float64Array.of(intercept) },
        },
      ),
      libraries: {},
    };
  },
};

/** So that a penalty means the same in every unit of the labels. */
function deviation(labels: Float64Array): number {
  let sum = 0;
  for (const label of labels) sum += label;
  const mean = sum / labels.length;
  let squares = 0;
  for (const label of labels) squares += (label - mean) ** 2;
  return Math.sqrt(squares / labels.length);
}
