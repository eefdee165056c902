import { UserError } from '@trainyard/errors';
import {
  findFigure,
  interval95,
  quantile,
  shortName,
  valueOn,
  type Draws,
  type Figure,
  type Interval,
} from '@trainyard/metrics';
import type { TableCell } from '@trainyard/tables';
import type { Answers } from './answers.js';

/** The rows that share a column's value, or lie in one range of it. */
export interface Slice {
  readonly column: string;
  readonly value: string;
  readonly n: number;
  /** By short name; the first orders the slices. */
  readonly figures: Readonly<Record<string, number | null>>;
  /** 95 %, of the first figure. */
  readonly interval: Interval | undefined;
}

/** Different numbers in a column from which on it is cut into quarters, and values beyond which the rest is one slice. */
const [MANY, MOST] = [10, 20];
/** Streams of the draws of slices begin here, behind those of the whole. */
const FIRST_STREAM = 1000;

/** The figures that slices are given by, the first before all others. */
export function sliceFigures({ task }: Pick<Answers, 'task'>): Figure[] {
  return task.slices.map((name) => findFigure(task, name)!);
}

/**
 * How well the first model answers in each slice of the columns that were kept; the worst first. Throws a UserError where the
 * task measures groups of rows, not rows.
 */
export function slicesOf(answers: Answers, draws: Draws): Slice[] {
  const slices: Slice[] = [];
  const { task, columns } = answers;
  const sample = answers.samples[0]!;
  const figures = sliceFigures(answers);
  const [first] = figures;
  if (columns.size > 0 && !first)
    throw new UserError(`models for ${task.type} are measured by groups of rows, so there are no slices of rows`, {
      where: { field: 'slices' },
      remedy: 'leave slices out',
    });
  if (!first) return slices;
  for (const [column, cells] of columns) {
    const name = sliceNamer(cells);
    const groups = new Map<string, number[]>();
    cells.forEach((cell, row) => {
      const value = name(cell);
      const group = groups.get(value);
      if (group) group.push(row);
      else groups.set(value, [row]);
    });
    for (const [value, rows] of groups) {
      const units = Int32Array.from(rows);
      slices.push({
        column,
        value,
        n: rows.length,
        figures: Object.fromEntries(
          figures.map((figure) => [shortName(figure.name), valueOn(figure, sample, units)] as const),
        ),
        interval: interval95(task, first, sample, draws, FIRST_STREAM + slices.length, units),
      });
    }
  }
  const turned = first.better === 'larger' ? 1 : -1;
  const worst = ({ figures: own }: Slice): number => turned * (own[shortName(first.name)] ?? Infinity * turned);
  return slices.sort(
    (a, b) => worst(a) - worst(b) || b.n - a.n || order(a.column, b.column) || order(a.value, b.value),
  );
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Names the slice of a cell: its value, a quarter of the range for columns of many numbers, or `other` for rare values. */
export function sliceNamer(cells: readonly TableCell[]): (cell: TableCell) => string {
  const numbers = cells.filter((cell): cell is number => typeof cell === 'number').sort((a, b) => a - b);
  if (new Set(numbers).size > MANY) {
    const cuts = [0.25, 0.5, 0.75].map((q) => Number(quantile(numbers, q).toPrecision(4)));
    return (cell) => {
      if (typeof cell !== 'number') return 'missing';
      const at = cuts.findIndex((cut) => cell <= cut);
      if (at < 0) return `over ${cuts[2]}`;
      return at === 0 ? `up to ${cuts[0]}` : `over ${cuts[at - 1]} up to ${cuts[at]}`;
    };
  }
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(String(cell), (counts.get(String(cell)) ?? 0) + 1);
  const kept = new Set(
    [...counts]
      .sort(([a, m], [b, n]) => n - m || order(a, b))
      .slice(0, MOST)
      .map(([value]) => value),
  );
  return (cell) => (cell === null ? 'missing' : kept.has(String(cell)) ? String(cell) : 'other');
}
