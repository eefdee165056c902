import { DTYPE, type Handle, type Native } from './native.js';

/** Rows to train on or to watch. */
export interface DatasetRows {
  readonly rows: number;
  readonly width: number;
  /** `[rows, width]`, row after row; NaN is missing. */
  readonly features: Float64Array;
  /** `[rows]`: a class from 0 on, or a finite number. The library keeps them in single precision. */
  readonly labels: Float32Array;
  readonly weights?: Float32Array | undefined;
  /** Rows of each group that is ranked by itself, one group after the other: their sum is `rows`. */
  readonly groups?: Int32Array | undefined;
}

/** Binned rows in the library's memory. Freed by `free`; what was made of them must be freed before. */
export class Dataset {
  #freed = false;

  private constructor(
    private readonly native: Native,
    readonly handle: Handle,
    readonly rows: number,
    readonly width: number,
  ) {}

  /** Bins rows by these parameters, or as `reference` was binned. */
  static of(native: Native, data: DatasetRows, parameters: string, reference?: Dataset): Dataset {
    const { rows, width, features, labels, weights, groups } = data;
    requireLength('features', features, rows * width);
    requireLength('labels', labels, rows);
    if (weights) requireLength('weights', weights, rows);
    const out: [Handle | null] = [null];
    native(
      'LGBM_DatasetCreateFromMat',
      features,
      DTYPE.float64,
      rows,
      width,
      1,
      parameters,
      reference?.handle ?? null,
      out,
    );
    const made = new Dataset(native, out[0]!, rows, width);
    try {
      native('LGBM_DatasetSetField', made.handle, 'label', labels, rows, DTYPE.float32);
      if (weights) native('LGBM_DatasetSetField', made.handle, 'weight', weights, rows, DTYPE.float32);
      if (groups) native('LGBM_DatasetSetField', made.handle, 'group', groups, groups.length, DTYPE.int32);
    } catch (error) {
      made.free();
      throw error;
    }
    return made;
  }

  /** Where boosting starts: `[outputs, rows]`, output after output. */
  startFrom(scores: Float64Array): void {
    this.native('LGBM_DatasetSetField', this.handle, 'init_score', scores, scores.length, DTYPE.float64);
  }

  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.native('LGBM_DatasetFree', this.handle);
  }
}

function requireLength(what: string, given: { readonly length: number }, length: number): void {
  if (given.length !== length) throw new RangeError(`${given.length} ${what} for ${length}`);
}
