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
 * their order. So they depend on the segments' texts alone. The trees of a forest start from nothing, and are averaged with those
 * before instead.
 */
export class StartScores {
  readonly #starts: readonly Start[];
  readonly #growth: Told;
  #iterations = 0;

  constructor(growth: Told, train: Dataset, watched: Dataset | undefined) {
    this.#growth = growth;
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
      this.#iterations += booster.iterations;
    } finally {
      booster.free();
    }
  }

  /** Tells the data sets; before the first segment there is nothing to tell, and LightGBM starts from the mean. */
  apply(): void {
    if (this.#iterations > 0 && !this.#growth.forest)
      for (const { data, scores } of this.#starts) data.startFrom(scores);
  }

  /** Turns the answers of a forest's newest trees, `[outputs, rows]`, into those of all so far; others know what was before. */
  join(which: number, answers: Float64Array, iterations: number): void {
    if (this.#iterations === 0 || !this.#growth.forest) return;
    const { scores, rows } = this.#starts[which]!;
    const { raw, answer } = LINKS[this.#growth.link];
    const all = this.#iterations + iterations;
    for (let at = 0; at < answers.length; at++)
      answers[at] = answer((scores[at]! + raw(answers[at]!) * iterations) / all);
    if (this.#growth.link === 'softmax') normalise(answers, rows.rows);
  }
}

/** What the trees of a growth have in common. */
interface Told {
  readonly train: DatasetRows;
  readonly validation: DatasetRows | undefined;
  readonly outputs: number;
  readonly forest: boolean;
  readonly link: Link;
}

/** How an answer follows from a raw score. */
export type Link = keyof typeof LINKS;

/** Answers of 0 and 1 have no raw score. */
const inside = (p: number): number => Math.min(Math.max(p, 1e-15), 1 - 1e-15);

const LINKS = {
  identity: { raw: (answer: number) => answer, answer: (raw: number) => raw },
  exp: { raw: Math.log, answer: Math.exp },
  sigmoid: {
    raw: (p: number) => Math.log(inside(p) / (1 - inside(p))),
    answer: (raw: number) => 1 / (1 + Math.exp(-raw)),
  },
  // Raw scores are known up to a number for each row, which dividing by the sum takes away.
  softmax: { raw: (p: number) => Math.log(inside(p)), answer: Math.exp },
} as const;

function normalise(answers: Float64Array, rows: number): void {
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let at = row; at < answers.length; at += rows) sum += answers[at]!;
    for (let at = row; at < answers.length; at += rows) answers[at]! /= sum;
  }
}

/** The link of an objective of LightGBM. */
export function linkOf(objective: string): Link {
  if (objective === 'binary') return 'sigmoid';
  if (objective === 'multiclass') return 'softmax';
  return ['poisson', 'gamma', 'tweedie'].includes(objective) ? 'exp' : 'identity';
}
