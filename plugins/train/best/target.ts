import { sayNearest, UserError } from '@trainyard/errors';
import {
  id,
  join,
  requireColumn,
  requireRepeating,
  sql,
  type Column,
  type Database,
  type Sql,
} from '@trainyard/tables';
import type { BestTask } from './learners/index.js';
import { LOST } from '../trees/labels.js';
import { featureColumnsOf } from './columns.js';

/** What is predicted, and what of the table it is predicted from. */
export interface Target {
  readonly task: BestTask;
  readonly rows: number;
  /** Why it is taken for what it is, where nobody said. */
  readonly guessed: string | undefined;
  /** Rows of the rarest class. */
  readonly rarest: number;
  /** Columns that features are made of. */
  readonly columns: readonly Column[];
}

interface Asked {
  readonly target: string;
  readonly task: 'auto' | 'classes' | 'number';
  readonly group?: string | undefined;
  readonly time?: string | undefined;
  readonly drop: readonly string[];
}

/** Whole numbers of more values than this are numbers. */
const MOST_VALUES = 20;
/** Rows below which nothing is to be told apart. */
const LEAST_ROWS = 10;

/**
 * Looks at the target, and at columns that repeat it. Throws a UserError for what cannot be learned: a column that is not there, rows
 * without a target, one class, classes that are names of rows, numbers that are none, too few rows, no other column.
 */
export async function targetOf(database: Database, columns: readonly Column[], asked: Asked): Promise<Target> {
  const column = requireColumn(columns, asked.target, 'target');
  for (const [field, name] of [['group', asked.group], ['time', asked.time], ...asked.drop.map((one) => ['drop', one])])
    if (name !== undefined) {
      requireColumn(columns, name, field!);
      if (name === asked.target)
        throw new UserError(`column "${name}" is the target and ${field} at once`, { where: { field, column: name } });
    }
  const used = featureColumnsOf(columns, [
    asked.target,
    asked.group ?? asked.target,
    asked.time ?? asked.target,
    ...asked.drop,
  ]);
  if (used.length === 0)
    throw new UserError('there is no column to predict from', {
      where: { port: 'table' },
      expected: `a column beside ${asked.target}`,
    });
  const cell = id(asked.target);
  const numeric = column.type === 'number' || column.type === 'integer';
  const { rows, distinct, fractions, lost } = await database.row<Record<string, number>>(
    sql`SELECT count(*) AS rows, count(DISTINCT ${cell}) AS distinct,
      ${numeric ? sql`count(*) FILTER (WHERE ${cell} <> floor(${cell}))` : sql`0`} AS fractions,
      count(*) FILTER (WHERE ${lacks(column)}) AS lost FROM rows`,
  );
  const where = { port: 'table', column: asked.target };
  if (rows! < LEAST_ROWS)
    throw new UserError(`the table has ${rows} rows, too few to try models on rows that they have not seen`, {
      where: { port: 'table' },
      expected: `${LEAST_ROWS} rows or more`,
      remedy: 'bring more rows; train.logistic and train.trees train on few',
    });
  if (lost! > 0)
    throw new UserError(`${lost} of ${rows} rows have no target`, {
      where,
      expected: numeric ? 'a finite number in every row' : 'a value in every row',
      remedy: 'leave them out first: clean.table with the rule require',
    });
  const isNumber =
    asked.task === 'number' || (asked.task === 'auto' && numeric && (distinct! > MOST_VALUES || fractions! > 0));
  const guessed =
    asked.task === 'auto'
      ? `"${asked.target}" is taken for ${isNumber ? 'a number' : 'classes'}: it holds ${column.type}, ${distinct} different values. Say task: '${isNumber ? 'classes' : 'number'}' where that is wrong.`
      : undefined;
  await refuseCopies(database, used, asked.target);
  if (isNumber) {
    if (!numeric)
      throw new UserError(`column "${asked.target}" holds ${column.type}, no numbers`, {
        where,
        expected: 'a column of numbers',
        remedy: "say task: 'classes', or read the column as numbers",
      });
    if (distinct! < 2)
      throw new UserError(`all rows have the same number in "${asked.target}": there is nothing to learn`, { where });
    await refuseTooFine(database, asked.target);
    return { task: { type: 'number', label: asked.target }, rows: rows!, guessed, rarest: rows!, columns: used };
  }
  if (distinct! < 2)
    throw new UserError(`all rows are of one class in "${asked.target}": there is nothing to learn`, {
      where,
      expected: 'two classes or more',
    });
  requireRepeating(
    { classes: distinct!, rows: Math.max(rows!, 20) },
    { where, remedy: numeric ? "say task: 'number'" : 'choose a column of classes, or bin it before' },
  );
  if (distinct! > rows! / 2)
    throw new UserError(`the target has ${distinct} different values in ${rows} rows: these are no classes`, {
      where,
      expected: 'a column whose values repeat',
    });
  const found = await database.rows<{ value: unknown; count: number }>(
    sql`SELECT ${cell} AS value, count(*) AS count FROM rows GROUP BY 1`,
  );
  // Named as rows give them.
  const counts = found.map(({ value, count }) => ({ name: String(value), count }));
  const single = counts.find(({ count }) => count < 2);
  if (single)
    throw new UserError(`class "${single.name}" has one row alone: no model can learn it and be tried on it`, {
      where,
      expected: 'two rows or more of each class',
      remedy: 'leave such rows out, or merge rare classes before',
    });
  const classes = counts.map(({ name }) => name).sort();
  const rarest = Math.min(...counts.map(({ count }) => count));
  return { task: { type: 'classes', label: asked.target, classes }, rows: rows!, guessed, rarest, columns: used };
}

/** Rows without a target: of text an empty one, of numbers one that is not finite. */
export function lacks({ name, type }: Column): Sql {
  const cell = id(name);
  return type === 'number' || type === 'integer'
    ? sql`(${cell} IS NULL OR NOT isfinite(${cell}::DOUBLE))`
    : sql`(${cell} IS NULL OR ${cell}::VARCHAR = '')`;
}

/**
 * Throws a UserError for numbers that single precision would make infinite, or change by more than a thousandth of their spread: labels
 * and the answers of candidates are kept so.
 */
async function refuseTooFine(database: Database, target: string): Promise<void> {
  const cell = sql`${id(target)}::DOUBLE`;
  const lost = sql`coalesce(abs(${cell} - TRY_CAST(${cell} AS FLOAT)::DOUBLE), 'inf'::DOUBLE)`;
  const { least, most, worst, changed } = await database.row<Record<'least' | 'most' | 'worst' | 'changed', number>>(
    sql`SELECT min(${cell}) AS least, max(${cell}) AS most, arg_max(${cell}, ${lost}) AS worst, max(${lost}) AS changed FROM rows`,
  );
  if (changed <= LOST * (most - least)) return;
  throw new UserError('numbers are learned and compared in single precision, which would change these', {
    where: { port: 'table', column: target },
    expected: `numbers from ${least} to ${most} that single precision tells apart`,
    actual: `${worst} becomes ${Math.fround(worst)}`,
    remedy: 'subtract a constant from the target, or choose another unit, and add it to the answers again',
  });
}

/** Throws a UserError for a column that equals the target in every row. */
async function refuseCopies(database: Database, columns: readonly Column[], target: string): Promise<void> {
  const cell = sql`${id(target)}::VARCHAR`;
  const terms = columns.map(
    ({ name }, i) => sql`count(*) FILTER (WHERE ${id(name)}::VARCHAR IS DISTINCT FROM ${cell}) AS ${id(`apart ${i}`)}`,
  );
  const found = await database.row<Record<string, number>>(sql`SELECT ${join(terms)} FROM rows`);
  const copy = columns.find((_, i) => found[`apart ${i}`] === 0);
  if (!copy) return;
  throw new UserError(`column "${copy.name}" equals the target in every row: a model would only learn to repeat it`, {
    where: { port: 'table', column: copy.name },
    remedy: `leave it out: drop: ['${copy.name}']`,
  });
}

/** How many folds: few where rows are many, and no more than the rarest class has rows. */
export function foldsFor({ rows, rarest }: Target, asked: number | undefined): number {
  if (asked !== undefined) return asked;
  const most = rows < 100_000 ? 5 : rows < 500_000 ? 3 : 2;
  return Math.max(2, Math.min(most, rarest));
}

/** Throws a UserError for names that no learner has. */
export function requireNames(asked: readonly string[] | undefined, known: readonly string[]): void {
  const wrong = asked?.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  throw new UserError(`there is no learner "${wrong}"; ${sayNearest(wrong, known)}`, {
    where: { field: 'learners' },
    expected: known.join(', '),
  });
}
