import type { InputArtifact } from '../../worker/index.js';
import { UserError } from '@trainyard/errors';
import {
  requireColumn,
  requireRepeating,
  sql,
  withDatabase,
  type Column,
  type TableCell,
  type TableRow,
} from '@trainyard/tables';
import {
  applyTransform,
  featureNames,
  passesMissing,
  transformInputs,
  type FeatureRow,
  type FittedTransform,
} from '@trainyard/transforms';
import { openThroughRules } from '@trainyard/transforms/tables';

/** Labelled rows as a learner takes them. */
export interface Dataset {
  readonly rows: number;
  /** Features of a row. */
  readonly width: number;
  /** `[rows, width]`, row after row. */
  readonly features: Float64Array;
  /** Index of each row's class. */
  readonly labels: Int32Array;
  /** Weight of each row, where a column says it. */
  readonly weights?: Float64Array | undefined;
  /** Names of the classes, sorted by code unit. */
  readonly classes: readonly string[];
  /** Smallest and largest value of the numeric columns that the transform reads. */
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
  /** Some of the rows as they came, evenly spread. */
  readonly sample: readonly FeatureRow[];
}

export interface DatasetRequest {
  readonly table: InputArtifact;
  readonly label: string;
  readonly transform: FittedTransform;
  /** A column of weights of rows. */
  readonly weight?: string | undefined;
  /** Which part of the data it is, for messages: `train`, `validation`, `test`. */
  readonly part: string;
  /** The classes that may occur; without them those that do occur. */
  readonly classes?: readonly string[];
  /** Folder for what does not fit into memory. */
  readonly scratch: string;
}

/** Rows kept as they came. */
const SAMPLE = 20;

/**
 * Reads a table artifact in batches and turns its rows into features by the fitted transform, so that only features
 * and labels stay in memory. Throws a UserError when the label column is missing, a row has no label or one of a class
 * that is not allowed, there are no rows, or the transform passes missing values on.
 */
export async function readDataset(request: DatasetRequest): Promise<Dataset> {
  const { transform, label, part } = request;
  if (passesMissing(transform))
    throw new UserError('this learner takes no missing values, and the transform passes columns on as they are', {
      where: { port: 'prep' },
      expected: 'a transform that fills in what is missing',
      remedy: 'make the columns of recipe.pass numeric or categorical, or train a model kind that takes missing values',
    });
  const width = featureNames(transform).length;
  return withDatabase({ scratch: request.scratch }, async (database) => {
    const columns = await openThroughRules(database, 'data', request.table, transform, part);
    requireColumn(columns, label, `the label of ${part}`);
    if (request.weight !== undefined) requireWeight(columns, request.weight, transform);
    const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM data`);
    if (rows === 0) throw new UserError(`the table "${part}" has no rows`, { where: { port: part } });
    const features = new Float64Array(rows * width);
    const codes = new Int32Array(rows);
    const weights = request.weight === undefined ? undefined : new Float64Array(rows);
    const seen = new Map<string, number>();
    const sample: FeatureRow[] = [];
    const ranges = new Ranges(transform);
    const step = Math.max(1, Math.floor(rows / SAMPLE));
    let at = 0;
    for await (const batch of database.batches<TableRow>(sql`FROM data`)) {
      for (const row of batch) {
        features.set(applyTransform(transform, row), at * width);
        ranges.add(row);
        if (weights) weights[at] = weightOf(row[request.weight!], at, request);
        const name = labelOf(row[label], at, request);
        const code = seen.get(name) ?? seen.size;
        seen.set(name, code);
        codes[at] = code;
        if (at % step === 0 && sample.length < SAMPLE) sample.push(row);
        at++;
      }
    }
    const classes = request.classes ?? [...seen.keys()].sort();
    const places = [...seen.keys()].map((name) => classes.indexOf(name));
    const labels = codes.map((code) => places[code]!);
    return { rows, width, features, labels, weights, classes, ranges: ranges.byColumn, sample };
  });
}

/** Smallest and largest finite value of each numeric input. */
class Ranges {
  /** Without what every object has: a column may be called `constructor`. */
  readonly byColumn = Object.create(null) as Record<string, [number, number]>;
  private readonly names: readonly string[];

  constructor(transform: FittedTransform) {
    const numeric = transformInputs(transform).filter(({ type }) => type === 'number' || type === 'integer');
    this.names = [...new Set(numeric.map(({ name }) => name))];
  }

  add(row: TableRow): void {
    for (const name of this.names) {
      const value = row[name];
      if (typeof value !== 'number' || !Number.isFinite(value)) continue;
      const range = (this.byColumn[name] ??= [value, value]);
      if (value < range[0]) range[0] = value;
      if (value > range[1]) range[1] = value;
    }
  }
}

function labelOf(cell: TableCell | undefined, row: number, { part, label, classes }: DatasetRequest): string {
  if (cell === null || cell === undefined || cell === '') {
    throw new UserError(`a row of the table "${part}" has no label`, {
      where: { port: part, row, column: label },
      remedy: 'label it, or leave such rows out when the table is cleaned',
    });
  }
  const name = String(cell);
  if (classes && !classes.includes(name)) {
    throw new UserError(`the table "${part}" has a class that training did not see`, {
      where: { port: part, row, column: label },
      expected: classes.join(', '),
      actual: name,
      remedy: 'split the data so that every class is in the training table (split.stratified does)',
    });
  }
  return name;
}

/** Throws a UserError for a column of weights that is not there, holds no numbers, or is a feature as well. */
function requireWeight(columns: readonly Column[], name: string, transform: FittedTransform): void {
  const { type } = requireColumn(columns, name, 'weight');
  if (type !== 'number' && type !== 'integer')
    throw new UserError(`column "${name}" holds ${type}, not weights`, { where: { field: 'weight', column: name } });
  if (transformInputs(transform).some((input) => input.name === name))
    throw new UserError(`column "${name}" is a weight and a feature at once`, {
      where: { field: 'weight', column: name },
      remedy: 'leave it out of the recipe of features.fit: it says how rows were chosen, not what they are',
    });
}

function weightOf(cell: TableCell | undefined, row: number, { part, weight }: DatasetRequest): number {
  if (typeof cell === 'number' && Number.isFinite(cell) && cell >= 0) return cell;
  throw new UserError(`a row of the table "${part}" has no weight`, {
    where: { port: part, row, column: weight! },
    expected: 'a number of 0 or more',
    actual: cell === null || cell === undefined ? 'missing' : String(cell),
  });
}

/** Throws a UserError when there is nothing to tell apart, or when the label is a number or a name of its own in most rows. */
export function requireClasses({ classes, rows }: Dataset, label: string): void {
  const where = { port: 'train', column: label };
  if (classes.length < 2) {
    throw new UserError(`all rows of the training table are of one class, "${classes[0]}"`, {
      where,
      expected: 'two classes or more',
    });
  }
  requireRepeating(
    { classes: classes.length, rows },
    {
      where,
      actual: `${classes.slice(0, 3).join(', ')}, …`,
      remedy: 'choose a column of classes, or bin it before: no learner of this package predicts numbers yet',
    },
  );
}
