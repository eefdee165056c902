import { figuresOfTask, findFigure, type MeasuredTask, wilson } from '@trainyard/metrics';
import type { Column } from '@trainyard/tables';
import type { CONFIDENCES, FeasibilityFigures, TaskCard } from './card.js';

/** Expected rows of a class in the test part below which it cannot be judged, or only roughly. */
const [TOO_RARE, RARE] = [5, 15];
/** More distinct values than this are no classes. */
const MOST_CLASSES = 200;

/** What was counted in the data. */
export interface Counted {
  readonly target: Column;
  readonly rows: number;
  readonly unlabelled: number;
  readonly classes: readonly { readonly name: string; readonly rows: number }[];
}

/** Judges a task by what was counted. Pure. */
export function judge(
  card: TaskCard,
  counted: Counted,
  plan: { readonly test: number; readonly confidence: (typeof CONFIDENCES)[number] },
): FeasibilityFigures {
  const { rows, unlabelled, target } = counted;
  const findings: { weight: 'stop' | 'warning'; said: string }[] = [];
  const stop = (said: string): void => void findings.push({ weight: 'stop', said });
  const warn = (said: string): void => void findings.push({ weight: 'warning', said });

  const labelled = rows - unlabelled;
  const testRows = Math.round(labelled * plan.test);
  const classified = card.kind === 'binary' || card.kind === 'multi-class';
  const classes = counted.classes.map((one) => ({ ...one, test: one.rows * plan.test }));
  if (labelled === 0) stop(`no row has a ${card.target}`);
  else if (unlabelled > 0) warn(`${unlabelled} of ${rows} rows have no ${card.target}: they cannot be learnt from`);
  if (!classified)
    warn(
      `no learner of this package takes a task of kind ${card.kind}: train.net, train.logistic and train.baseline take classes, so it needs a plugin that trains it`,
    );
  judgeDirection(card, warn);
  if (classified) judgeClasses(card, classes, stop, warn);
  if (card.kind === 'regression' && target.type !== 'number' && target.type !== 'integer') {
    stop(`${card.target} holds ${target.type}, not numbers: this is no regression`);
  }

  const { threshold, precision, name } = card.metric;
  const share = isShare(name) && classified;
  const [low, high] = wilson(threshold * testRows, testRows, plan.confidence);
  if (share && (threshold < 0 || threshold > 1)) {
    stop(`the threshold ${threshold} of ${name} is not from 0 to 1`);
  } else if (share && (high - low) / 2 > precision) {
    const needed = rowsFor(threshold, precision, plan.confidence);
    stop(
      `${testRows} test rows cannot tell ${threshold} from ${low.toFixed(3)} or ${high.toFixed(3)}: for ±${precision} it ` +
        `takes ${needed} test rows, ${Math.ceil(needed / plan.test)} in all`,
    );
  }
  const interval =
    share && threshold >= 0 && threshold <= 1
      ? { at: threshold, low, high, confidence: Number(plan.confidence) }
      : null;
  const feasible = findings.every(({ weight }) => weight !== 'stop');
  return { feasible, rows, unlabelled, testRows, classes: classes.slice(0, 30), interval, findings };
}

/** Types of tasks by which models for a kind of task are measured. */
const MEASURED: Partial<Record<TaskCard['kind'], MeasuredTask>> = {
  binary: 'classification',
  'multi-class': 'classification',
  'multi-label': 'multi-label',
  regression: 'regression',
  forecasting: 'forecasting',
};

/** A figure that is better when smaller must not be maximized, nor the other way round. */
function judgeDirection({ kind, metric: { name, direction } }: TaskCard, warn: (said: string) => void): void {
  const type = MEASURED[kind];
  const better = type && findFigure(figuresOfTask(type), name)?.better;
  if (better === (direction === 'maximize' ? 'smaller' : 'larger'))
    warn(`${name} is better when ${better}, and the card says ${direction}: set metric.direction`);
}

function judgeClasses(
  card: TaskCard,
  classes: FeasibilityFigures['classes'],
  stop: (said: string) => void,
  warn: (said: string) => void,
): void {
  if (classes.length > MOST_CLASSES) return stop(`${card.target} has ${classes.length} distinct values: no classes`);
  if (classes.length === 1) stop(`all rows are of class ${classes[0]?.name}: there is nothing to tell apart`);
  if (card.kind === 'binary' && classes.length > 2) {
    stop(`${card.target} has ${classes.length} classes, a binary task has 2: the kind would be multi-class`);
  }
  for (const { name, rows, test } of classes) {
    const said = `class ${name} has ${rows} rows, so about ${test.toFixed(1)} in the test part`;
    if (test < TOO_RARE) stop(`${said}: too few to judge it; merge it, exclude it, or collect more`);
    else if (test < RARE) warn(`${said}: its own figures will be rough`);
  }
}

/** Figures that are, or behave like, a share of right answers. */
function isShare(metric: string): boolean {
  return /^(accuracy|balancedAccuracy|(f1|precision|recall)(\.|$))/.test(metric);
}

/** The fewest rows whose interval at this share is no wider than ±`half`. */
export function rowsFor(share: number, half: number, confidence: (typeof CONFIDENCES)[number]): number {
  let [few, enough] = [0, 1];
  const wide = (n: number): boolean => {
    const [low, high] = wilson(share * n, n, confidence);
    return (high - low) / 2 > half;
  };
  while (wide(enough)) [few, enough] = [enough, enough * 2];
  while (enough - few > 1) {
    const middle = (few + enough) >> 1;
    if (wide(middle)) few = middle;
    else enough = middle;
  }
  return enough;
}
