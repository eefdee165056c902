import type { Interval } from '../intervals.js';

/** Which of two values of a figure is the better one; `neither` for a figure that describes a model and does not judge it. */
export type Better = 'larger' | 'smaller' | 'neither';

/** A value in a column of labels: lists stand there as the text of a JSON list. */
export type TruthCell = string | number | boolean | null | undefined;

/** Labelled rows with what one model answered, ready to be measured. */
export interface Sample {
  /** What is drawn for an interval, numbered from 0: rows, or groups of rows that are ranked together. */
  readonly units: number;
}

/** One figure that describes models of a task. */
export interface Figure<S extends Sample = Sample> {
  /** Its path in values and reports: letters, digits, `@` and dots, such as `f1.macro`. */
  readonly name: string;
  /** For people, with its unit where it has one. */
  readonly title: string;
  readonly better: Better;
  /**
   * Where its 95 % interval comes from: `bootstrap` draws the units anew, `share` is Wilson's, for the share of rows that are
   * right; `shared` draws the units anew once for all figures that say so. None where left out.
   */
  readonly interval?: 'bootstrap' | 'share' | 'shared';
  /** Its size goes with the label's unit: what is a small difference, only another value of it tells. */
  readonly inUnits?: true;
  /** Its value on these units, which may repeat; undefined where it is not defined. Pure. */
  of(sample: S, drawn: Int32Array): number | undefined;
}

/** What a model answered on labelled rows: `[rows, outputs]`, row after row, as its task names them. */
export interface Answered<Task> {
  readonly task: Task;
  readonly numbers: Float64Array;
}

/** A row that was answered in service, with what turned out to be true of it. */
export interface ServedRow<Truth> {
  /** As whoever asked was told. */
  readonly answer: unknown;
  readonly truth: Truth;
  /** The request that it came in. */
  readonly request: string;
}

/** How models of one type of task are measured. Pure: no part of it reads or writes anything. */
export interface TaskFigures<
  Task extends { readonly type: string } = { readonly type: string },
  Truth = unknown,
  S extends Sample = Sample,
> {
  /** Name of the type of task, as cards have it. */
  readonly type: Task['type'];
  /** All figures, in the order of reports. */
  readonly figures: readonly Figure<S>[];
  /** Names of those that stand for a model in lists: the first that is defined before all others. */
  readonly headlines: readonly string[];
  /** Names of those that are given for parts of the rows, the first orders the parts; none where units are not rows. */
  readonly slices: readonly string[];
  /** Column that holds what is true; undefined where the task names none, so that its models cannot be measured. */
  label(task: Task): string | undefined;
  /** Column whose equal values make rows one unit, where units are not rows. */
  group?(task: Task): string;
  /** What a cell of that column says is true; undefined where it says nothing of the sort. `task` is left out where only its type is known. */
  truth(cell: TruthCell, task?: Task): Truth | undefined;
  /** What a cell must be, in words. */
  truthIs(task: Task): string;
  /** Rows beyond which it takes too long to measure, where each is compared with all others. */
  readonly mostRows?: number;
  /** One sample for each model, all over the same units. `groups` has a value for each row where `group` names a column. */
  samples(truths: readonly Truth[], models: readonly Answered<Task>[], groups?: readonly string[]): S[];
  /** Answers of any versions in service. Figures that need more than the answer are not defined on it. */
  served(rows: readonly ServedRow<Truth>[]): S;
  /** Why figures of two models cannot be compared, in words; undefined where they can. */
  incomparable?(first: Task, second: Task): string | undefined;
  /** Whether each unit is right, where an answer is right or wrong. */
  right?(sample: S): readonly boolean[];
}

/** A figure as it travels: what it is, and which way is better. */
export interface FigureValue {
  readonly name: string;
  readonly value: number;
  readonly better: Better;
}

export type Intervals = Readonly<Record<string, Interval>>;
