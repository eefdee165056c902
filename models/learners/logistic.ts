import { softmax, tensorOf, type Learner, type Scorer } from '../learner.js';

/** Multinomial logistic regression: tensors `coefficients` `[features, classes]` and `intercepts` `[classes]`, double precision. */
export const logistic: Learner = {
  name: 'logistic regression',
  title: 'Multinomial logistic regression',
  open(_architecture, tensors): Scorer {
    const { shape, values: coefficients } = tensorOf(tensors, 'coefficients', [-1, -1]);
    const [features, classes] = [shape[0]!, shape[1]!];
    const { values: intercepts } = tensorOf(tensors, 'intercepts', [classes]);
    return {
      features,
      outputs: classes,
      score(row) {
        const scores = Float64Array.from(intercepts);
        for (let i = 0; i < features; i++)
          for (let k = 0; k < classes; k++) scores[k]! += row[i]! * coefficients[i * classes + k]!;
        return softmax(scores);
      },
    };
  },
};
