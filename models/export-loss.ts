import { TrainyardError, UserError } from '@trainyard/errors';
import { figuresOfTask, type TruthCell } from '@trainyard/metrics';
import type { FeatureRow } from '@trainyard/transforms';
import type { Precision } from './export-format.js';
import { measureAnswers } from './measure.js';
import { taskType, type ModelTask } from './tasks/index.js';

/** What a lower precision of weights costs, on labelled rows. */
export interface Loss {
  /** The figure of the task that stands for a model, such as `f1.macro`. */
  readonly figure: string;
  readonly better: 'larger' | 'smaller';
  readonly rows: number;
  /** Its value of the model, and of the export. */
  readonly model: number;
  readonly export: number;
  /** How much worse the export is: of the figure, where larger is better, else as a share of it. Below 0 where it is better. */
  readonly lost: number;
}

const DEFAULT_MAX_LOSS = 0.01;
/** Fewer say nothing: one row is 5 % of them. */
const LEAST_ROWS = 20;

/** Labels of the rows that a lower precision is measured on. Throws a UserError where there are too few, or a row has none. */
export function labelsOf(task: ModelTask, rows: readonly FeatureRow[]): TruthCell[] {
  const figures = figuresOfTask(task.type);
  const column = figures.label(task);
  if (column === undefined || figures.group)
    throw new UserError(`a lower precision of a model of ${task.type} cannot be measured on single rows`, {
      where: { field: 'precision' },
      remedy: 'export it in full precision',
    });
  if (rows.length < LEAST_ROWS)
    throw new UserError('what a lower precision costs is measured on labelled rows, and there are too few', {
      where: { field: 'rows' },
      expected: `at least ${LEAST_ROWS} rows as requests bring them, each with its "${column}"`,
      actual: `${rows.length}`,
      remedy: 'Give a file of rows with --rows',
    });
  return rows.map((row, at) => {
    const label = row[column];
    const cell = Array.isArray(label) ? JSON.stringify(label) : (label as TruthCell);
    if (cell !== undefined && cell !== null) return cell;
    throw new UserError('a row lacks its label, which a lower precision is measured by', {
      where: { row: at, column },
      expected: figures.truthIs(task),
    });
  });
}

/** What it costs, on the last rows: those with labels. `ours` and `theirs` are `[rows, outputs]`. */
export function lossOf(task: ModelTask, labels: readonly TruthCell[], ours: Float64Array, theirs: Float64Array): Loss {
  const figures = figuresOfTask(task.type);
  const figure = figures.figures.find(({ name }) => name === figures.headlines[0])!;
  const better = figure.better as Loss['better'];
  const width = taskType(task).names(task).length;
  const valueOf = (numbers: Float64Array): number => {
    const last = numbers.subarray(numbers.length - labels.length * width);
    let value: unknown = measureAnswers(task, labels, last);
    for (const key of figure.name.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
    if (typeof value === 'number') return value;
    throw new UserError(`${figure.title} is not defined on these rows`, { where: { field: 'rows' } });
  };
  const [model, exported] = [valueOf(ours), valueOf(theirs)];
  const lost = better === 'larger' ? model - exported : (exported - model) / Math.abs(model || 1);
  return { figure: figure.name, better, rows: labels.length, model, export: exported, lost };
}

/** Throws TY-EXPORT-UNFIT where it costs more than is allowed. */
export function judgeLoss(
  { figure, model, export: exported, lost, rows }: Loss,
  {
    format,
    precision,
    allowed = DEFAULT_MAX_LOSS,
  }: { format: string; precision: Precision; allowed?: number | undefined },
): void {
  if (lost <= allowed) return;
  throw new TrainyardError('TY-EXPORT-UNFIT', {
    what: `the export as ${format} in ${precision} costs more quality than is allowed; nothing was kept of it`,
    expected: `${figure} at most ${allowed} worse than the model's ${model}, on ${rows} rows`,
    actual: `${exported}: ${lost} worse`,
    remedy: 'export it in full precision or as float16, or allow more with --max-loss',
  });
}
