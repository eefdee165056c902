export { Booster, IMPORTANCE, type BoosterScores, type Importance } from './booster.js';
export { Dataset, type DatasetRows } from './dataset.js';
export { openLightgbm, type Lightgbm } from './library.js';
export { parameterText, type Parameters } from './parameters.js';
