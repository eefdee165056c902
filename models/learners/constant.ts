import { tensorOf, type Learner, type Scorer } from '../learner.js';

/** Answers every row alike: tensor `probabilities` `[classes]`. What any other model must beat. */
export const constant: Learner = {
  name: 'constant',
  title: 'The same answer for every row',
  open(architecture, tensors): Scorer {
    const { values } = tensorOf(tensors, 'probabilities', [-1]);
    const features = Number((architecture as { features?: unknown } | null)?.features ?? 0);
    return { features, outputs: values.length, score: () => Float64Array.from(values) };
  },
};
