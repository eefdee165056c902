import { UserError } from '@trainyard/errors';
import { randomFrom } from '@trainyard/numeric';
import { dataColumns, requireColumn, type Column, type TableRow } from '@trainyard/tables';
import { labelIssues, type LabelIssue } from './confident.js';
import { encode } from './encode-rows.js';
import { logisticProbabilities } from './logistic.js';
import { neighbourProbabilities } from './neighbours.js';

/** Beyond this many rows comparing each with each takes minutes. */
const MOST_COMPARED = 5000;
/** More values than this are no classes. */
const MOST_LABELS = 200;

export interface Ranking {
  /** The labels that there are, sorted. */
  readonly labels: readonly string[];
  /** Class number of each row, −1 where it has no label. */
  readonly given: Int32Array;
  /** [rows, classes]: how likely each class is, judged by other rows. */
  readonly probabilities: Float64Array;
  readonly issues: readonly LabelIssue[];
  readonly method: string;
}

export interface RankOptions {
  readonly label: string;
  readonly columns?: readonly string[] | undefined;
  readonly folds: number;
  readonly neighbours: number;
  readonly probabilities: 'auto' | 'neighbours' | 'logistic';
  readonly seed: number;
}

/** Ranks rows by how likely their label is wrong. Throws a UserError for a column that is not there, or is no class label. */
export function rank(
  rows: readonly TableRow[],
  columns: readonly Column[],
  options: RankOptions,
  progress: (fraction: number, words: string) => void = () => undefined,
): Ranking {
  requireColumn(columns, options.label, 'label');
  const judged = options.columns
    ? options.columns.map((name) => requireColumn(columns, name, 'columns'))
    : dataColumns(columns);
  const labels = labelsOf(rows, options.label);
  const numbers = new Map(labels.map((label, index) => [label, index]));
  const given = Int32Array.from(rows, (row) => numbers.get(String(row[options.label] ?? '\0')) ?? -1);
  const matrix = encode(
    rows,
    judged.filter(({ name }) => name !== options.label),
  );
  const count = labels.length;
  const random = randomFrom(options.seed, 1);
  const near =
    options.probabilities === 'neighbours' || (options.probabilities === 'auto' && rows.length <= MOST_COMPARED);
  const linear = options.probabilities !== 'neighbours';
  const parts: Float64Array[] = [];
  if (near)
    parts.push(
      neighbourProbabilities(matrix, given, count, options.neighbours, (done) =>
        progress((0.5 * done) / rows.length, 'comparing rows'),
      ),
    );
  if (linear)
    parts.push(
      logisticProbabilities(matrix, given, count, options.folds, random, (done) =>
        progress(0.5 + (0.5 * done) / options.folds, `fold ${done} of ${options.folds}`),
      ),
    );
  const [first, second] = parts;
  const probabilities = second ? first!.map((p, at) => (p + second[at]!) / 2) : first!;
  const method = near && linear ? 'neighbours and logistic' : near ? 'neighbours' : 'logistic';
  return { labels, given, probabilities, issues: labelIssues(probabilities, given, count), method };
}

function labelsOf(rows: readonly TableRow[], label: string): string[] {
  const labels = [...new Set(rows.flatMap((row) => (row[label] == null ? [] : [String(row[label])])))].sort();
  if (labels.length >= 2 && labels.length <= MOST_LABELS) return labels;
  throw new UserError(`column "${label}" is no class label: it has ${labels.length} different values`, {
    where: { column: label },
    expected: `from 2 to ${MOST_LABELS} different values`,
    actual: labels.slice(0, 5).join(', ') || 'none',
  });
}
