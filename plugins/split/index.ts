export { folds, nested, type Fold, type Folds, type OuterFold, type OuterFolds } from './folds.js';
export {
  given,
  random,
  stratified,
  time,
  type Judging,
  type NearOptions,
  type Parts,
  type PartsOfSome,
} from './split.js';
export { assignFolds, takeFold, takeOuterFold, type FoldFigures, type SplitFigures } from './contract.js';
