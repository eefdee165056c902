import { meanOfDrawn } from '../draw.js';
import { nearestAlikePlaces } from '../retrieval.js';
import { presentText } from './cells.js';
import type { Figure, Sample, TaskFigures } from './task-figures.js';

export interface EmbeddingSample extends Sample {
  /** Of each row, the place of the nearest other row with its label; NaN where there is none. */
  readonly places: Float64Array;
}

const recallAt = (k: number): Figure<EmbeddingSample> => ({
  name: `recall@${k}`,
  title: `recall@${k}: share of rows with one of their label among the ${k === 1 ? 'nearest' : `${k} nearest`}`,
  better: 'larger',
  interval: 'bootstrap',
  of: ({ places }, drawn) =>
    meanOfDrawn(
      places.map((place) => (Number.isNaN(place) ? NaN : Number(place <= k))),
      drawn,
    ),
});

/**
 * A vector for each row. It can be measured where its task names a column whose equal values say that rows are alike: then a
 * good embedding puts them near each other.
 */
export const embeddingFigures: TaskFigures<
  { readonly type: 'embedding'; readonly size: number; readonly label?: string | undefined },
  string,
  EmbeddingSample
> = {
  type: 'embedding',
  figures: [
    recallAt(1),
    recallAt(5),
    recallAt(10),
    {
      name: 'mrr',
      title: 'mean reciprocal place of the nearest row with the same label',
      better: 'larger',
      interval: 'bootstrap',
      of: ({ places }, drawn) =>
        meanOfDrawn(
          places.map((place) => 1 / place),
          drawn,
        ),
    },
  ],
  headlines: ['recall@1', 'recall@10'],
  slices: ['recall@1', 'recall@10'],
  label: ({ label }) => label,
  truth: presentText,
  truthIs: () => 'a label that rows which are alike share',
  mostRows: 20_000,
  samples: (truths, models) =>
    models.map(({ task: { size }, numbers }) => ({
      units: truths.length,
      places: nearestAlikePlaces(numbers, size, truths),
    })),
  // What answers have in common shows only among all of them; their log keeps no vectors.
  served: () => ({ units: 0, places: new Float64Array(0) }),
};
