export { applyTransform, applyTransformToRows } from './apply.js';
export { isMissing, otherThan, readCell, type Cell, type FeatureRow } from './cell.js';
export {
  FOLD_COLUMNS,
  foldQuery,
  historyQuery,
  holdsValues,
  heldQuery,
  placeInOrder,
  type HistoryQuery,
} from './history/query.js';
export { FIGURES, figureOf, typeOfTake, type EarlierRow, type HistoryTake } from './history/windows.js';
export { checkTake, ORDER_TYPES } from './row-rules/history.js';
export { normalQuantile } from './normal-quantile.js';
export { coverageQuery, readCoverage, type InputCoverage } from './coverage.js';
export { derivedQuery, featureColumn, featuresQuery, type FeaturesQuery, type FeaturesQueryOptions } from './query.js';
export { foldSql } from './sql/folds.js';
export { placeSql } from './sql/places.js';
export { OPERATIONS, type OperationName } from './steps/arithmetic.js';
export { CALENDAR_PARTS, type CalendarPart } from './steps/calendar.js';
export { UNIT_MS, type TimeUnit } from './steps/elapsed.js';
export { raisedSql, raiser } from './steps/power.js';
export { TEXT_MEASURES, type TextMeasure } from './steps/text-measure.js';
export { termsOf, termsSql, wordsOf, wordsSql } from './words.js';
export { kindOf, STEP_KINDS, type TransformStep } from './steps/index.js';
export type { CategoricalStep } from './steps/categorical.js';
export type { NumericStep } from './steps/numeric.js';
export type { PassStep } from './steps/pass.js';
export { throughRules } from './through-rules.js';
export { shortIn, unknownIn } from './unknown.js';
export {
  featureNames,
  parseTransform,
  withRules,
  passesMissing,
  readsOf,
  transformInputs,
  inputsAfter,
  type FittedTransform,
  type TransformColumn,
  type TransformInput,
} from './transform.js';
export {
  applyRules,
  bindCondition,
  columnsAfter,
  columnsBefore,
  columnsOfOthers,
  condition,
  exampleCells,
  isolationScore,
  isRowRule,
  parseRules,
  restOfRules,
  ROW_RULE_SCHEMAS,
  ROW_RULES,
  rowRule,
  ruleStep,
  rulesToSql,
  withoutOthers,
  stepCells,
  travelling,
  type Condition,
  type RowRule,
  type RowRuleInput,
  type RowRuleKind,
  type RuleCell,
  type RuleColumns,
  type RuleRow,
  type RulesSql,
  type TableStep,
} from './row-rules/index.js';
