import type { Tensor2D } from '@tensorflow/tfjs-core';
import { UserError } from '@trainyard/errors';
import type { PortableTree, PortableTrees } from '../../../models/index.js';
import { treesOfText } from '../../kit/lightgbm.js';
import type { Tensorflow } from '../../kit/tensorflow.js';
import { endOperations } from './net-ends.js';

/** How answers follow from raw scores, by LightGBM's name of the objective. */
const ANSWERS: Readonly<Record<string, (tf: Tensorflow, scores: Tensor2D) => Tensor2D>> = {
  binary: (tf, scores) => {
    const second = scores.sigmoid();
    return tf.concat2d([tf.scalar(1).sub(second), second as Tensor2D], 1);
  },
  multiclass: (tf, scores) => endOperations(tf, 'softmax', scores, scores.shape[1]),
  ...Object.fromEntries(
    ['poisson', 'gamma', 'tweedie'].map((name) => [name, (_tf: Tensorflow, scores: Tensor2D) => scores.exp()]),
  ),
};

/** Whether raw scores are the answers already, by LightGBM's objective. */
export const answersRaw = (objective: string): boolean => ANSWERS[objective.split(' ')[0]!] === undefined;

/**
 * The trees of a text of LightGBM, laid open. A forest's leaves are divided by the iterations. Throws a UserError for an objective whose
 * answers do not follow as usual, such as a sigmoid that is steeper.
 */
export function laidOpen(text: string): PortableTrees {
  const { trees, outputs, objective, averaged } = treesOfText(text);
  const [name = '', ...options] = objective.split(' ');
  if (options.some((option) => option === 'sqrt' || (option.startsWith('sigmoid:') && option !== 'sigmoid:1')))
    throw new UserError(`answers of LightGBM's objective "${objective}" are not written in other formats`, {
      expected: 'an objective without sqrt, and with sigmoid:1',
    });
  const share = averaged ? trees.length / outputs : 1;
  return {
    scores: outputs,
    trees: trees.map(({ splits, leaves }, i): PortableTree => ({
      splits,
      leaves: leaves.map((adds) => [[i % outputs, adds / share]]),
    })),
    answers: ANSWERS[name] ?? ((_tf, scores) => scores),
  };
}
