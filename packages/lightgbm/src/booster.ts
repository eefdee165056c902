import type { Dataset } from './dataset.js';
import { DTYPE, type Handle, type Native } from './native.js';
import { parameterText } from './parameters.js';

/** What a prediction gives, by the library's own numbers. */
const WHAT = { probability: 0, raw: 1, contributions: 3 } as const;
export type BoosterScores = keyof typeof WHAT;

/** Split: how often a feature is split on; gain: by how much its splits lowered the loss, in sum. */
export const IMPORTANCE = { split: 0, gain: 1 } as const;
export type Importance = keyof typeof IMPORTANCE;

/** Trees in the library's memory, in training or loaded. Freed by `free`. */
export class Booster {
  #freed = false;
  #fast: { readonly handle: Handle; readonly out: Float64Array } | undefined;

  private constructor(
    private readonly native: Native,
    private readonly handle: Handle,
  ) {}

  /** A booster without trees, to be trained on `data`, which it must not outlive. */
  static on(native: Native, data: Dataset, parameters: string): Booster {
    const out: [Handle | null] = [null];
    native('LGBM_BoosterCreate', data.handle, parameters, out);
    return new Booster(native, out[0]!);
  }

  /** The trees of a model text. */
  static from(native: Native, text: string): Booster {
    const out: [Handle | null] = [null];
    native('LGBM_BoosterLoadModelFromString', text, [0], out);
    return new Booster(native, out[0]!);
  }

  /** Has `data` scored with each iteration; `scores(1)` are those of the first watched. */
  watch(data: Dataset): void {
    this.native('LGBM_BoosterAddValidData', this.handle, data.handle);
  }

  /** Grows the trees of one iteration. False when no tree could be split any more: nothing was added, but at the first iteration a constant. */
  grow(): boolean {
    const finished = [0];
    this.native('LGBM_BoosterUpdateOneIter', this.handle, finished);
    return finished[0] === 0;
  }

  /** Iterations so far. */
  get iterations(): number {
    return this.#number('LGBM_BoosterGetCurrentIteration');
  }

  /** Trees of an iteration: one, or one for each class. */
  get outputs(): number {
    return this.#number('LGBM_BoosterNumModelPerIteration');
  }

  get width(): number {
    return this.#number('LGBM_BoosterGetNumFeature');
  }

  #number(
    name: 'LGBM_BoosterGetCurrentIteration' | 'LGBM_BoosterNumModelPerIteration' | 'LGBM_BoosterGetNumFeature',
  ): number {
    const out = [0];
    this.native(name, this.handle, out);
    return out[0]!;
  }

  /**
   * What the trees so far say of the rows that it trains on (0) or watches (1 and on), as answers, not raw: filled into `into`,
   * `[outputs, rows]`, output after output.
   */
  scores(data: number, into: Float64Array): void {
    const length = [0];
    this.native('LGBM_BoosterGetPredict', this.handle, data, length, into);
    if (Number(length[0]) !== into.length) throw new RangeError(`${length[0]} scores for ${into.length}`);
  }

  /** Puts the trees of `before` in front of its own. */
  follow(before: Booster): void {
    this.native('LGBM_BoosterMerge', this.handle, before.handle);
  }

  /** The model as LightGBM's text, of the first `iterations` iterations where given; with the line of its threads, see `withoutThreads`. */
  text(iterations = -1): string {
    const length = [0];
    const read = (into: Uint8Array): void =>
      this.native(
        'LGBM_BoosterSaveModelToString',
        this.handle,
        0,
        iterations,
        IMPORTANCE.split,
        into.length,
        length,
        into,
      );
    let bytes = new Uint8Array(1 << 20);
    read(bytes);
    if (Number(length[0]) > bytes.length) read((bytes = new Uint8Array(Number(length[0]))));
    // It ends with a zero.
    return new TextDecoder().decode(bytes.subarray(0, Number(length[0]) - 1));
  }

  /** Importance of each feature. */
  importance(type: Importance): Float64Array {
    const out = new Float64Array(this.width);
    this.native('LGBM_BoosterFeatureImportance', this.handle, -1, IMPORTANCE[type], out);
    return out;
  }

  /**
   * Answers for `[rows, width]` features: `[rows, outputs]`, row after row. `raw` are sums of trees, `probability` what the
   * objective makes of them, `contributions` the SHAP values `[rows, outputs, width + 1]`, whose last is the expected raw
   * score and whose sum is the row's raw score. Of a forest the last two are sums over its iterations, of which an answer takes
   * the mean. The bits do not depend on the threads, nor on the other rows.
   */
  predict(what: BoosterScores, features: Float64Array, rows: number, threads = 1): Float64Array {
    const { width, outputs } = this;
    if (features.length !== rows * width)
      throw new RangeError(`${features.length} features for ${rows} rows of ${width}`);
    const out = new Float64Array(rows * outputs * (what === 'contributions' ? width + 1 : 1));
    if (rows === 0) return out;
    const parameters = parameterText({ num_threads: threads, verbosity: -1 });
    const length = [0];
    this.native(
      'LGBM_BoosterPredictForMat',
      this.handle,
      features,
      DTYPE.float64,
      rows,
      width,
      1,
      WHAT[what],
      0,
      -1,
      parameters,
      length,
      out,
    );
    if (Number(length[0]) !== out.length) throw new RangeError(`${length[0]} predictions for ${out.length}`);
    return out;
  }

  /** As `predict('probability', …, 1)`, for one row, without setting up a prediction each time. */
  predictOne(features: Float64Array): Float64Array {
    const fast = (this.#fast ??= this.#startFast());
    const length = [0];
    this.native('LGBM_BoosterPredictForMatSingleRowFast', fast.handle, features, length, fast.out);
    return fast.out.slice();
  }

  #startFast(): { readonly handle: Handle; readonly out: Float64Array } {
    const { width, outputs } = this;
    const out: [Handle | null] = [null];
    const parameters = parameterText({ num_threads: 1, verbosity: -1 });
    this.native(
      'LGBM_BoosterPredictForMatSingleRowFastInit',
      this.handle,
      WHAT.probability,
      0,
      -1,
      DTYPE.float64,
      width,
      parameters,
      out,
    );
    return { handle: out[0]!, out: new Float64Array(outputs) };
  }

  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    if (this.#fast) this.native('LGBM_FastConfigFree', this.#fast.handle);
    this.native('LGBM_BoosterFree', this.handle);
  }
}
