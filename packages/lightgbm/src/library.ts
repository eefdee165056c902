import { Booster } from './booster.js';
import { Dataset, type DatasetRows } from './dataset.js';
import { loadNative } from './native.js';
import { parameterText, type Parameters } from './parameters.js';
import { requireWholeText } from './whole-text.js';

/** LightGBM in this process. Calls block: a caller that trains lets others run between iterations. */
export interface Lightgbm {
  readonly version: string;
  /** Bins rows; `reference`: as those were binned, for rows to watch. */
  dataset(rows: DatasetRows, parameters: Parameters, reference?: Dataset): Dataset;
  /** A booster without trees. */
  booster(data: Dataset, parameters: Parameters): Booster;
  /** The trees of a model text. Throws a UserError where it is not whole. */
  load(text: string): Booster;
}

/**
 * Loads the shared library, `lib_lightgbm`, of this version. Throws a UserError where it cannot be loaded, with what to install.
 */
export function openLightgbm(path: string, version: string): Lightgbm {
  const native = loadNative(path);
  return {
    version,
    dataset: (rows, parameters, reference) => Dataset.of(native, rows, parameterText(parameters), reference),
    booster: (data, parameters) => Booster.on(native, data, parameterText(parameters)),
    load: (text) => {
      requireWholeText(text);
      return Booster.from(native, text);
    },
  };
}
