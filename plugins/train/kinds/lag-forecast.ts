import { z } from 'zod';
import { modelKind } from '../../../models/index.js';
import { columnsAt, filledWith } from './operations.js';

const place = z.number().int().nonnegative();

/** Answers each step with one of the features: the last value, or that of a season before. */
export const lagForecast = modelKind({
  name: 'naive forecast',
  title: 'The last value of a series, or that of a season before',
  tasks: ['forecasting'],
  /** `fallback` is answered where the feature is missing: the mean of the training values. */
  settings: z.object({ width: place, places: z.array(place).min(1), fallback: z.number() }),
  missing: true,
  open: ({ settings: { width, places, fallback } }) => ({
    takes: 'features',
    width,
    outputs: places.length,
    score(features, rows) {
      const answers = new Float64Array(rows * places.length);
      for (let row = 0; row < rows; row++)
        places.forEach((at, step) => {
          const value = features[row * width + at]!;
          answers[row * places.length + step] = Number.isNaN(value) ? fallback : value;
        });
      return answers;
    },
  }),
  portable: ({ settings: { width, places, fallback } }) => ({
    width,
    operations: (tf, features) => columnsAt(tf, filledWith(tf, features, fallback), places),
  }),
});
