import { fitLogistic } from '@trainyard/numeric';
import { float } from 'ml-hyperparameter';
import { logisticRegression } from '../../kinds/logistic.js';
import { tensorParts } from '../../kinds/tensor-kind.js';
import type { Learner } from './contract.js';

/** Multiplications that one training may take at most: rows × features × classes. */
const MOST = 3e8;

/** Logistic regression with an L2 penalty. */
export const logistic: Learner = {
  name: 'logistic',
  title: 'Logistic regression',
  tasks: ['classes'],
  form: 'scaled',
  suits: ({ task, rows, width }) => task.type === 'classes' && rows * width * task.classes.length <= MOST,
  space: () => ({ l2: float(1e-3, 1e4, { log: true }) }),
  first: () => [{ l2: 1 }, { l2: 30 }, { l2: 0.03 }],
  async fit({ task, params, lesson: { train }, weights, signal, late }) {
    const classes = task.type === 'classes' ? task.classes.length : 0;
    const { coefficients, intercepts } = fitLogistic(
      { ...train, labels: Int32Array.from(train.labels), weights },
      {
        l2: params['l2'] as number,
        weights: new Float64Array(classes).fill(1),
        iterations: 200,
        tolerance: 1e-5,
        onIteration: () => {
          signal.throwIfAborted();
          // Its steps give no way to timers.
          if (late()) throw new Error('time is over');
        },
      },
    );
    return {
      kind: logisticRegression,
      ...tensorParts(
        {},
        {
          coefficients: { shape: [train.width, classes], values: coefficients },
          intercepts: { shape: [classes], values: intercepts },
        },
      ),
      libraries: {},
    };
  },
};
