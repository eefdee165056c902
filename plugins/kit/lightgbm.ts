export { loadLightgbm, type Lightgbm } from '../../setup/lightgbm-load.js';
export type { Booster, Dataset, DatasetRows, Parameters } from '@trainyard/lightgbm';
export {
  headOfText,
  treesOfText,
  type TextSplit,
  type TextTree,
  type TreesOfText,
} from '@trainyard/lightgbm/model-text';
