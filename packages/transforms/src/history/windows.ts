import type { ColumnType } from '@trainyard/tables/sql';
import type { RuleCell } from '../row-rules/contract.js';

/** What is taken of the cells of a window; each is missing where the window holds no value, but for `count`, which is 0 there. */
export const FIGURES = ['count', 'sum', 'mean', 'min', 'max', 'deviation'] as const;
export type WindowFigure = (typeof FIGURES)[number];

/** A column that is made of earlier rows. Its window ends where the past of its row does. */
export interface HistoryTake {
  readonly name: string;
  /** The column whose cells are looked at. */
  readonly of: string;
  readonly type: ColumnType;
  /** `lag`: the cell of one earlier row. */
  readonly take: 'lag' | WindowFigure;
  /** For `lag`: which of the earlier rows, from 1, the latest. */
  readonly back?: number | undefined;
  /** For figures: of so many of the latest rows. */
  readonly rows?: number | undefined;
  /** For figures: of the rows that are no longer ago than this, in milliseconds, or in units of the order. */
  readonly within?: number | undefined;
}

/** An earlier row: its place in the order, and the cells of the columns that are looked at. */
export interface EarlierRow {
  readonly at: number;
  readonly cells: Readonly<Record<string, RuleCell>>;
}

/** The type of a column that is made. */
export function typeOfTake({ take, type }: HistoryTake): ColumnType {
  if (take === 'lag') return type;
  return take === 'count' ? 'integer' : 'number';
}

/** The columns that are looked at, in the order in which their cells decide between rows of one place. */
export function lookedAt<Take extends Pick<HistoryTake, 'of' | 'type'>>(
  takes: readonly Take[],
): [string, ColumnType][] {
  return [...new Map(takes.map(({ of, type }) => [of, type]))].sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Earlier rows from the first to the last, their cells plain: NaN is missing, and there is one zero. Rows of one place are in the order
 * of all their cells, column by column in order of name: nothing depends on the order in which they came, and lags of two
 * columns are cells of one row.
 */
export function inOrder(takes: readonly HistoryTake[], earlier: readonly EarlierRow[]): EarlierRow[] {
  const names = lookedAt(takes).map(([name]) => name);
  return earlier
    .map(({ at, cells }) => ({
      at,
      cells: Object.fromEntries(names.map((name) => [name, plain(cells[name] ?? null)])),
    }))
    .sort((a, b) => {
      if (a.at !== b.at) return a.at - b.at;
      for (const name of names) {
        const order = compareCells(a.cells[name] ?? null, b.cells[name] ?? null);
        if (order !== 0) return order;
      }
      return 0;
    });
}

/**
 * What a row at a place of the order gets of the rows, as `inOrder` gives them, that are at least `gap` before it; others are left
 * out. Sums are taken from the earliest row on, as SQL takes them: the same bits.
 */
export function figureOf(take: HistoryTake, ordered: readonly EarlierRow[], at: number, gap: number): RuleCell {
  const past = ordered
    .filter((row) => row.at <= at - gap && (take.within === undefined || row.at >= at - take.within))
    .map((row) => row.cells[take.of] ?? null);
  if (take.take === 'lag') return past.at(-(take.back ?? 1)) ?? null;
  const latest = take.rows === undefined ? past : past.slice(-take.rows);
  const values = latest.flatMap((cell) => (cell === null ? [] : [cell]));
  if (take.take === 'count') return values.length;
  return figureOfNumbers(take.take, values as number[]);
}

function figureOfNumbers(figure: Exclude<WindowFigure, 'count'>, values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one);
  const mean = (): number => sum(values) / values.length;
  switch (figure) {
    case 'sum':
      return known(sum(values));
    case 'mean':
      return known(mean());
    case 'min':
      return values.reduce((least, one) => Math.min(least, one));
    case 'max':
      return values.reduce((most, one) => Math.max(most, one));
    case 'deviation': {
      const middle = mean();
      return known(Math.sqrt(sum(values.map((one) => (one - middle) * (one - middle))) / values.length));
    }
  }
}

const known = (number: number): number | null => (Number.isNaN(number) ? null : number);

/** NaN is missing, and there is one zero. */
function plain(cell: RuleCell): RuleCell {
  if (typeof cell !== 'number') return cell;
  return Number.isNaN(cell) ? null : cell + 0;
}

/** Missing first, numbers by size, false before true, text by its code points, as the database has it. */
function compareCells(a: RuleCell, b: RuleCell): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return Number(a) < Number(b) ? -1 : 1;
}

/** By code points: UTF-16 puts what lies beyond U+FFFF before U+E000. */
function compareText(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((letter, i) => letter !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? -1) - (right[at]?.codePointAt(0) ?? -1);
}
