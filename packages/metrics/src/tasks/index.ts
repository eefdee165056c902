import { classificationFigures } from './classification.js';
import { embeddingFigures } from './embedding.js';
import { forecastingFigures } from './forecasting.js';
import { multiLabelFigures } from './multi-label.js';
import { quantilesFigures } from './quantiles.js';
import { rankingFigures } from './ranking.js';
import { regressionFigures } from './regression.js';
import type { TaskFigures } from './task-figures.js';

export type { ClassificationSample } from './class-sample.js';
export type { ClassificationTask } from './classification.js';
export type { EmbeddingSample } from './embedding.js';
export type { ForecastingSample } from './forecasting.js';
export { chosenClasses, type MultiLabelSample, type MultiLabelTask } from './multi-label.js';
export { quantileColumn, type QuantilesSample } from './quantiles.js';
export type { RankingSample } from './ranking.js';
export type { RegressionSample } from './regression.js';
export type {
  Answered,
  Better,
  Figure,
  FigureValue,
  Sample,
  ServedRow,
  TaskFigures,
  TruthCell,
} from './task-figures.js';

const ALL = [
  classificationFigures,
  multiLabelFigures,
  regressionFigures,
  quantilesFigures,
  forecastingFigures,
  rankingFigures,
  embeddingFigures,
] as const;

/** Names of the types of tasks whose models can be measured. */
export type MeasuredTask = (typeof ALL)[number]['type'];

export const MEASURED_TASKS: readonly MeasuredTask[] = ALL.map(({ type }) => type);

const BY_TYPE = new Map<string, TaskFigures>(ALL.map((one) => [one.type, one as unknown as TaskFigures]));

/** How models of a type of task are measured. */
export function figuresOfTask(type: MeasuredTask): TaskFigures {
  return BY_TYPE.get(type)!;
}

export function isMeasuredTask(type: unknown): type is MeasuredTask {
  return typeof type === 'string' && BY_TYPE.has(type);
}
