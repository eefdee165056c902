import { randomFrom, type Random } from '@trainyard/numeric';
import { z } from 'zod';
import { best, bounds } from './best.js';
import { selectorOf } from './contract.js';
import type { Sample } from './sample.js';

const [BINS, DEPTH, LEAF] = [32, 8, 5];

/**
 * Importance in a random forest on a sample (L. Breiman, 2001): the share of the fall of the label's variance (of classes: of Gini's impurity)
 * that cuts at the feature bring. Trees of up to eight levels, each on rows drawn with replacement, each cut among the root of the
 * features, at one of 32 quantiles.
 */
export const tree = selectorOf({
  schema: z.strictObject({
    by: z.literal('tree'),
    trees: z.int().min(1).max(500).default(50),
    ...bounds,
  }),
  needsLabel: true,
  async select({ trees, ...given }, features, candidates) {
    const sample = await candidates.sample();
    const importance = forestImportance(sample, features, trees, candidates.lesson.seed);
    return best(
      features.map((_, i) => ({ score: importance[i]! })),
      given,
    );
  },
});

export function forestImportance(
  { rows, features, targets }: Sample,
  some: readonly number[],
  trees: number,
  seed: number,
): Float64Array {
  const binned = some.map((feature) => binsOf(features[feature]!));
  const importance = new Float64Array(some.length);
  for (let number = 0; number < trees; number++) {
    const random = randomFrom(seed, 0x7ee, number);
    const drawn = Int32Array.from({ length: rows }, () => random.integer(rows));
    split(drawn, 0, { binned, targets, importance, random });
  }
  const sum = importance.reduce((total, one) => total + one, 0);
  return sum > 0 ? importance.map((one) => one / sum) : importance;
}

interface Forest {
  readonly binned: readonly Uint8Array[];
  readonly targets: readonly Float64Array[];
  readonly importance: Float64Array;
  readonly random: Random;
}

function split(rows: Int32Array, depth: number, forest: Forest): void {
  const { binned, targets, importance, random } = forest;
  if (depth === DEPTH || rows.length < 2 * LEAF) return;
  const width = targets.length;
  let [gain, feature, cut] = [1e-9, -1, 0];
  for (const candidate of someOf(binned.length, random)) {
    const bins = binned[candidate]!;
    const counts = new Float64Array(BINS);
    const sums = new Float64Array(BINS * width);
    for (const row of rows) {
      const bin = bins[row]!;
      counts[bin]!++;
      for (let t = 0; t < width; t++) sums[bin * width + t]! += targets[t]![row]!;
    }
    const whole = new Float64Array(width);
    for (let bin = 0; bin < BINS; bin++) for (let t = 0; t < width; t++) whole[t]! += sums[bin * width + t]!;
    const below = new Float64Array(width);
    for (let bin = 0, n = 0; bin < BINS - 1; bin++) {
      n += counts[bin]!;
      for (let t = 0; t < width; t++) below[t]! += sums[bin * width + t]!;
      if (n < LEAF || rows.length - n < LEAF) continue;
      let here = 0;
      for (let t = 0; t < width; t++)
        here += below[t]! ** 2 / n + (whole[t]! - below[t]!) ** 2 / (rows.length - n) - whole[t]! ** 2 / rows.length;
      if (here > gain) [gain, feature, cut] = [here, candidate, bin];
    }
  }
  if (feature < 0) return;
  importance[feature]! += gain;
  const bins = binned[feature]!;
  split(
    rows.filter((row) => bins[row]! <= cut),
    depth + 1,
    forest,
  );
  split(
    rows.filter((row) => bins[row]! > cut),
    depth + 1,
    forest,
  );
}

/** The root of the features, drawn without replacement. */
function someOf(count: number, random: Random): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  const wanted = Math.max(1, Math.round(Math.sqrt(count)));
  for (let i = 0; i < wanted; i++) {
    const j = i + random.integer(count - i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, wanted);
}

function binsOf(values: Float64Array): Uint8Array {
  const sorted = Float64Array.from(values).sort();
  const edges = [
    ...new Set(Array.from({ length: BINS - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / BINS)]!)),
  ];
  return Uint8Array.from(values, (value) => {
    let bin = 0;
    while (bin < edges.length && value >= edges[bin]!) bin++;
    return bin;
  });
}
