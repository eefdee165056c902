import { z } from 'zod';
import { modelKind, unfit, type Scorer } from '../../../models/index.js';
import { openInside } from '../calibrate/calibrated-kind.js';

const inside = z.number().gt(0).lt(1);

/** The model inside, and the threshold of each group; the group of a row is the last of its features. */
export const groupSettings = z.object({
  kind: z.string(),
  settings: z.json(),
  /** In the order of the categories of the transform's last step. */
  thresholds: z.array(inside).min(1),
  /** Of rows of no group that is known. */
  otherwise: inside,
});

/** A probability moved so that `threshold` becomes ½; the order of probabilities stays. */
export function moved(p: number, threshold: number): number {
  return p <= threshold ? (0.5 * p) / threshold : 0.5 + (0.5 * (p - threshold)) / (1 - threshold);
}

/** A classifier of two classes with a threshold for each group. */
export const grouped = modelKind({
  name: 'group thresholds',
  title: 'A classifier of two classes of another kind, with a threshold for each group',
  tasks: ['classification'],
  settings: groupSettings,
  missing: true,
  async open(model): Promise<Scorer> {
    const { thresholds, otherwise } = model.settings;
    const opened = await openInside(model);
    const scorer = await opened.kind.open(opened.inside);
    if (scorer.takes !== 'features' || scorer.outputs !== 2)
      throw unfit('thresholds of groups are of a classifier of two classes that takes features');
    const { width } = scorer;
    return {
      takes: 'features',
      width: width + 1,
      outputs: 2,
      ...(scorer.dispose ? { dispose: () => scorer.dispose!() } : {}),
      async score(features, rows) {
        const own = new Float64Array(rows * width);
        for (let row = 0; row < rows; row++)
          own.set(features.subarray(row * (width + 1), (row + 1) * (width + 1) - 1), row * width);
        const answers = await scorer.score(own, rows);
        for (let row = 0; row < rows; row++) {
          const group = features[(row + 1) * (width + 1) - 1]!;
          const p = moved(answers[row * 2 + 1]!, thresholds[group] ?? otherwise);
          answers[row * 2] = 1 - p;
          answers[row * 2 + 1] = p;
        }
        return answers;
      },
    };
  },
});
