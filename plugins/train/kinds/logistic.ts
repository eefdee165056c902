import { z } from 'zod';
import { tensorOf } from '../../../models/index.js';
import { softmax } from './softmax.js';
import { tensorKind } from './tensor-kind.js';

/** Multinomial logistic regression: tensors `coefficients` `[features, classes]` and `intercepts` `[classes]`, double precision. */
export const logisticRegression = tensorKind({
  name: 'logistic regression',
  title: 'Multinomial logistic regression',
  architecture: z.object({}),
  open(_architecture, tensors) {
    const { shape, values: coefficients } = tensorOf(tensors, 'coefficients', [-1, -1]);
    const [width, classes] = [shape[0]!, shape[1]!];
    const { values: intercepts } = tensorOf(tensors, 'intercepts', [classes]);
    return {
      takes: 'features',
      width,
      outputs: classes,
      score(features, rows) {
        const scores = new Float64Array(rows * classes);
        for (let row = 0; row < rows; row++) {
          const to = row * classes;
          scores.set(intercepts, to);
          for (let i = 0; i < width; i++) {
            const value = features[row * width + i]!;
            for (let k = 0; k < classes; k++) scores[to + k]! += value * coefficients[i * classes + k]!;
          }
          softmax(scores, to, to + classes);
        }
        return scores;
      },
    };
  },
});
