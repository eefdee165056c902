import { UserError } from '@trainyard/errors';
import type { Random } from '@trainyard/numeric';

/** Answers `[rows, outputs]` to features `[rows, width]`. */
export type Answer = (features: Float64Array, rows: number) => Promise<Float64Array>;

/** What is to be explained, and what stands for "not known". */
export interface Explaining {
  readonly answer: Answer;
  readonly width: number;
  readonly outputs: number;
  /** Rows whose features stand in where one is not known, `[background, width]`. */
  readonly background: Float64Array;
}

/** Contributions of one row, `[outputs, width + 1]`: of each output what each feature added, then what stands before any is known. */
export type Contributions = Float64Array;

/** Features up to which all coalitions are asked. */
export const ALL_COALITIONS = 11;

/** Coalitions that have to be drawn: the equations are then more than what they are solved for. 0 where all are asked. */
export const fewestSamples = (width: number): number => (width <= ALL_COALITIONS ? 0 : 2 * width + 2);

const tooFew = (samples: number, width: number, needed: number): UserError =>
  new UserError(`${samples} coalitions are too few for ${width} features`, {
    where: { field: 'samples' },
    expected: `at least ${needed}`,
    remedy: `take samples: ${needed}, or more`,
  });

/** Mean answer where the features of a coalition are the row's own, and the others those of each row of the background. */
async function worth(
  { answer, width, outputs, background }: Explaining,
  row: Float64Array,
  coalitions: readonly Uint8Array[],
): Promise<Float64Array[]> {
  const behind = background.length / width;
  const features = new Float64Array(coalitions.length * behind * width);
  coalitions.forEach((known, c) => {
    for (let b = 0; b < behind; b++)
      for (let j = 0; j < width; j++)
        features[(c * behind + b) * width + j] = known[j] ? row[j]! : background[b * width + j]!;
  });
  const answers = await answer(features, coalitions.length * behind);
  return coalitions.map((_, c) => {
    const mean = new Float64Array(outputs);
    for (let b = 0; b < behind; b++)
      for (let k = 0; k < outputs; k++) mean[k]! += answers[(c * behind + b) * outputs + k]! / behind;
    return mean;
  });
}

/** Weight of a coalition of `size` of `width` features (Lundberg and Lee 2017, theorem 2), for all of that size together. */
const weightOfSize = (width: number, size: number): number => (width - 1) / (size * (width - size));

/** Coalitions with their weights: all, where there are few features; else drawn, each with its opposite. */
function coalitionsOf(width: number, samples: number, random: Random): { known: Uint8Array; weight: number }[] {
  if (width <= ALL_COALITIONS) {
    const choose = Array.from({ length: width + 1 }, () => 1);
    for (let k = 1; k <= width; k++) choose[k] = (choose[k - 1]! * (width - k + 1)) / k;
    return Array.from({ length: 2 ** width - 2 }, (_, i) => {
      const known = Uint8Array.from({ length: width }, (_bit, j) => ((i + 1) >> j) & 1);
      const size = known.reduce((sum, one) => sum + one, 0);
      return { known, weight: weightOfSize(width, size) / choose[size]! };
    });
  }
  const sizes = Array.from({ length: width - 1 }, (_, i) => weightOfSize(width, i + 1));
  const total = sizes.reduce((sum, one) => sum + one, 0);
  const found = new Map<string, { known: Uint8Array; weight: number }>();
  const add = (known: Uint8Array): void => {
    const key = known.join('');
    const before = found.get(key);
    if (before) before.weight++;
    else found.set(key, { known, weight: 1 });
  };
  for (let s = 0; s < samples; s += 2) {
    let at = random.uniform() * total;
    let size = 1;
    while (size < width - 1 && at >= sizes[size - 1]!) at -= sizes[size++ - 1]!;
    const order = Array.from({ length: width }, (_, j) => j);
    for (let i = 0; i < size; i++) {
      const j = i + random.integer(width - i);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    const known = new Uint8Array(width);
    for (const j of order.slice(0, size)) known[j] = 1;
    add(known);
    add(known.map((one) => 1 - one));
  }
  return [...found.values()];
}

/**
 * Shapley values by the kernel of Lundberg and Lee (2017): weighted least squares over coalitions, held to sum to the answer. Exact for
 * up to 11 features, whose coalitions are all asked. Throws a UserError where the coalitions drawn leave a contribution open.
 */
export async function kernelShap(
  explaining: Explaining,
  row: Float64Array,
  samples: number,
  random: Random,
): Promise<Contributions> {
  const { width, outputs } = explaining;
  if (samples < fewestSamples(width)) throw tooFew(samples, width, fewestSamples(width));
  const coalitions = width === 1 ? [] : coalitionsOf(width, samples, random);
  const [none, all] = [new Uint8Array(width), new Uint8Array(width).fill(1)];
  const found = await worth(explaining, row, [none, all, ...coalitions.map(({ known }) => known)]);
  const [base, full, ...worths] = found as [Float64Array, Float64Array, ...Float64Array[]];
  const contributions = new Float64Array(outputs * (width + 1));
  // The last feature takes what the others leave, so that all sum to the answer.
  const free = width - 1;
  const normal = new Float64Array(free * free);
  const sides = Array.from({ length: outputs }, () => new Float64Array(free));
  coalitions.forEach(({ known, weight }, c) => {
    const last = known[free]!;
    for (let i = 0; i < free; i++) {
      const a = known[i]! - last;
      if (a === 0) continue;
      for (let j = 0; j < free; j++) normal[i * free + j]! += weight * a * (known[j]! - last);
      for (let k = 0; k < outputs; k++)
        sides[k]![i]! += weight * a * (worths[c]![k]! - base[k]! - last * (full[k]! - base[k]!));
    }
  });
  for (let k = 0; k < outputs; k++) {
    const solved = solve(normal, sides[k]!);
    if (!solved) throw tooFew(samples, width, 2 * samples);
    const rest = full[k]! - base[k]! - solved.reduce((sum, one) => sum + one, 0);
    contributions.set([...solved, rest, base[k]!], k * (width + 1));
  }
  return contributions;
}

/** Solves a symmetric system by elimination with pivots; undefined where it leaves something open. */
function solve(matrix: Float64Array, side: Float64Array): Float64Array | undefined {
  const n = side.length;
  const a = Float64Array.from(matrix);
  const x = Float64Array.from(side);
  for (let i = 0; i < n; i++) {
    let best = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(a[r * n + i]!) > Math.abs(a[best * n + i]!)) best = r;
    if (Math.abs(a[best * n + i]!) < 1e-12) return undefined;
    if (best !== i) {
      for (let c = 0; c < n; c++) [a[i * n + c], a[best * n + c]] = [a[best * n + c]!, a[i * n + c]!];
      [x[i], x[best]] = [x[best]!, x[i]!];
    }
    for (let r = i + 1; r < n; r++) {
      const by = a[r * n + i]! / a[i * n + i]!;
      for (let c = i; c < n; c++) a[r * n + c]! -= by * a[i * n + c]!;
      x[r]! -= by * x[i]!;
    }
  }
  const solved = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let c = i + 1; c < n; c++) sum -= a[i * n + c]! * solved[c]!;
    solved[i] = sum / a[i * n + i]!;
  }
  return solved;
}

/** Means of the background's features. */
export function meanRow({ background, width }: Pick<Explaining, 'background' | 'width'>): Float64Array {
  const rows = background.length / width;
  const mean = new Float64Array(width);
  background.forEach((value, i) => (mean[i % width]! += value / rows));
  return mean;
}

/**
 * Shapley values of a model whose answers are linear in its features: slope × (feature − its mean in the background), features taken as
 * independent. Slopes are found by asking half a step either way.
 */
export async function linearShap(explaining: Explaining): Promise<(row: Float64Array) => Contributions> {
  const { answer, width, outputs } = explaining;
  const mean = meanRow(explaining);
  const asked = new Float64Array((2 * width + 1) * width);
  for (let r = 0; r <= 2 * width; r++) asked.set(mean, r * width);
  for (let j = 0; j < width; j++) {
    asked[2 * j * width + j]! += 0.5;
    asked[(2 * j + 1) * width + j]! -= 0.5;
  }
  const answers = await answer(asked, 2 * width + 1);
  return (row) => {
    const contributions = new Float64Array(outputs * (width + 1));
    for (let k = 0; k < outputs; k++) {
      for (let j = 0; j < width; j++) {
        const slope = answers[2 * j * outputs + k]! - answers[(2 * j + 1) * outputs + k]!;
        contributions[k * (width + 1) + j] = slope * (row[j]! - mean[j]!);
      }
      contributions[k * (width + 1) + width] = answers[2 * width * outputs + k]!;
    }
    return contributions;
  };
}

/**
 * Integrated gradients (Sundararajan, Taly and Yan 2017) from the mean of the background: slopes by central differences at the middle of
 * each of `steps` parts of the way. They sum to the answer but for the width of the steps; for trees, whose slopes are 0, they say nothing.
 */
export async function integratedGradients(
  explaining: Explaining,
  row: Float64Array,
  steps: number,
): Promise<Contributions> {
  const { answer, width, outputs } = explaining;
  const from = meanRow(explaining);
  const asked = new Float64Array((steps * width * 2 + 1) * width);
  const near = row.map((value, j) => 1e-3 * Math.max(Math.abs(value - from[j]!), 1e-3));
  let at = 0;
  for (let s = 0; s < steps; s++)
    for (let j = 0; j < width; j++)
      for (const side of [1, -1]) {
        for (let i = 0; i < width; i++) asked[at + i] = from[i]! + ((s + 0.5) / steps) * (row[i]! - from[i]!);
        asked[at + j]! += side * near[j]!;
        at += width;
      }
  asked.set(from, at);
  const answers = await answer(asked, steps * width * 2 + 1);
  const contributions = new Float64Array(outputs * (width + 1));
  for (let k = 0; k < outputs; k++) {
    for (let s = 0; s < steps; s++)
      for (let j = 0; j < width; j++) {
        const r = (s * width + j) * 2;
        const slope = (answers[r * outputs + k]! - answers[(r + 1) * outputs + k]!) / (2 * near[j]!);
        contributions[k * (width + 1) + j]! += (slope * (row[j]! - from[j]!)) / steps;
      }
    contributions[k * (width + 1) + width] = answers[steps * width * 2 * outputs + k]!;
  }
  return contributions;
}

/** Occlusion (Zeiler and Fergus 2014): by how much the answer falls where one feature alone is not known. They sum to nothing. */
export async function occlusion(explaining: Explaining, row: Float64Array): Promise<Contributions> {
  const { width, outputs } = explaining;
  const all = new Uint8Array(width).fill(1);
  const without = Array.from({ length: width }, (_, j) => all.map((one, i) => (i === j ? 0 : one)));
  const [base, full, ...found] = await worth(explaining, row, [new Uint8Array(width), all, ...without]);
  const contributions = new Float64Array(outputs * (width + 1));
  for (let k = 0; k < outputs; k++) {
    found.forEach((one, j) => (contributions[k * (width + 1) + j] = full![k]! - one[k]!));
    contributions[k * (width + 1) + width] = base![k]!;
  }
  return contributions;
}
