import type { TableCell } from '@trainyard/tables';
import type { Answers } from './answers.js';
import { accuracy, averages, confusionMatrix, quantile, wilson, type Interval } from '@trainyard/metrics';

/** The rows that share a column's value, or lie in one range of it. */
export interface Slice {
  readonly column: string;
  readonly value: string;
  readonly n: number;
  readonly accuracy: number;
  /** 95 %, Wilson. */
  readonly interval: Interval;
  readonly f1Macro: number;
}

/** Different numbers in a column from which on it is cut into quarters, and values beyond which the rest is one slice. */
const [MANY, MOST] = [10, 20];

/** How well the first model answers in each slice of the columns that were kept; lowest accuracy first. */
export function slicesOf(answers: Answers): Slice[] {
  const slices: Slice[] = [];
  const { predicted, probabilities } = answers.models[0]!;
  for (const [column, cells] of answers.columns) {
    const name = namer(cells);
    const groups = new Map<string, number[]>();
    cells.forEach((cell, row) => {
      const value = name(cell);
      const group = groups.get(value);
      if (group) group.push(row);
      else groups.set(value, [row]);
    });
    for (const [value, rows] of groups) {
      const confusion = confusionMatrix(
        rows.map((row) => answers.truth[row]!),
        rows.map((row) => predicted[row]!),
        probabilities.classes,
      );
      const right = rows.filter((row) => answers.truth[row] === predicted[row]).length;
      slices.push({
        column,
        value,
        n: rows.length,
        accuracy: accuracy(confusion),
        interval: wilson(right, rows.length),
        f1Macro: averages(confusion, 'f1').macro,
      });
    }
  }
  return slices.sort(
    (a, b) => a.accuracy - b.accuracy || b.n - a.n || order(a.column, b.column) || order(a.value, b.value),
  );
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Names the slice of a cell: its value, a quarter of the range for columns of many numbers, or `other` for rare values. */
function namer(cells: readonly TableCell[]): (cell: TableCell) => string {
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
