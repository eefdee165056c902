import { createHash } from 'node:crypto';
import type { Dataset, DatasetRows, Lightgbm } from '../../kit/lightgbm.js';

/** The seed of a segment: of the first the training's own, as LightGBM alone would take it; of the others drawn from both. */
export function segmentSeed(seed: number, segment: number): number {
  if (segment === 0) return seed;
  return createHash('sha256').update(`${seed}/${segment}`).digest().readUInt32LE(0) >>> 1;
}

interface Start {
  readonly data: Dataset;
  readonly rows: DatasetRows;
  /** `[outputs, rows]`, output after output. */
  readonly scores: Float64Array;
}

/**
 * The raw scores that the next segment starts from: the sums of the segments before, each the sum of its own trees, added in
 * their order. So they depend on the segments' texts alone.
 */
export class StartScores {
  readonly #starts: readonly Start[];
  #some = false;

  constructor(
    growth: {
      readonly train: DatasetRows;
      readonly validation: DatasetRows | undefined;
      readonly outputs: number;
    },
    train: Dataset,
    watched: Dataset | undefined,
  ) {
    const start = (data: Dataset, rows: DatasetRows): Start => ({
      data,
      rows,
      scores: new Float64Array(rows.rows * growth.outputs),
    });
    this.#starts = [start(train, growth.train), ...(watched ? [start(watched, growth.validation!)] : [])];
  }

  /** Adds what a segment's trees say. */
  add(text: string, { lightgbm, threads }: { readonly lightgbm: Lightgbm; readonly threads: number }): void {
    const booster = lightgbm.load(text);
    try {
      const { outputs } = booster;
      for (const { rows, scores } of this.#starts) {
        const raw = booster.predict('raw', rows.features, rows.rows, threads);
        for (let row = 0; row < rows.rows; row++)
          for (let k = 0; k < outputs; k++) scores[k * rows.rows + row]! += raw[row * outputs + k]!;
      }
    } finally {
      booster.free();
    }
    this.#some = true;
  }

  /** Tells the data sets; before the first segment there is nothing to tell, and LightGBM starts from the mean. */
  apply(): void {
    if (this.#some) for (const { data, scores } of this.#starts) data.startFrom(scores);
  }
}
