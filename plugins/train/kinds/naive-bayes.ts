import { z } from 'zod';
import { bayesProbabilities } from '@trainyard/learners';
import { tensorOf } from '../../../models/index.js';
import { tensorKind } from './tensor-kind.js';

/** Naive Bayes: tensors `priors` `[classes]`, `first` and `second` `[classes, features]`, as `BayesFit` of the library says. */
export const naiveBayes = tensorKind({
  name: 'naive bayes',
  title: 'Naive Bayes',
  architecture: z.object({
    distribution: z.enum(['gaussian', 'multinomial', 'bernoulli']),
    threshold: z.number(),
  }),
  open(architecture, tensors) {
    const { shape, values: first } = tensorOf(tensors, 'first', [-1, -1]);
    const [classes, width] = [shape[0]!, shape[1]!];
    const { values: second } = tensorOf(tensors, 'second', [classes, width]);
    const { values: priors } = tensorOf(tensors, 'priors', [classes]);
    const fit = { ...architecture, width, classes, priors, first, second };
    return {
      takes: 'features',
      width,
      outputs: classes,
      score: (features, rows) => bayesProbabilities(fit, features, rows),
    };
  },
});
