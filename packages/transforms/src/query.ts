import type { ColumnType } from '@trainyard/tables/schema';
import { id, join, sql, type Sql } from '@trainyard/tables/sql';
import { inner } from '@trainyard/tables/inner';
import { TableColumns, type Column, type Unreadable } from './sql/columns.js';
import { kindOf, type TransformStep } from './steps/index.js';
import { featureNames, readsOf, type FittedTransform } from './transform.js';

/** A missing value of each type. */
const NOTHING: Readonly<Record<ColumnType, Sql>> = {
  number: sql`NULL::DOUBLE`,
  integer: sql`NULL::BIGINT`,
  text: sql`NULL::VARCHAR`,
  boolean: sql`NULL::BOOLEAN`,
  timestamp: sql`NULL::TIMESTAMP`,
  date: sql`NULL::DATE`,
};

/** A transform over a table, as SQL. */
export interface FeaturesQuery {
  /** Names of the features, in order. */
  readonly features: readonly string[];
  /** Gives, for each row of the table in its order, what else was asked for, then the features as DOUBLE, named by `featureColumn`. */
  readonly query: Sql;
  /** Columns that the table has in another type than a step reads: each must be missing in every row, or rows are refused. */
  readonly unreadable: readonly Unreadable[];
  /** Columns that a step reads and the table does not have: missing in every row. */
  readonly absent: readonly string[];
}

export interface FeaturesQueryOptions {
  /** What else the query gives of each row, before the features. */
  readonly also?: readonly Sql[];
  /** These are the rows that the transform was fitted on, with their identities. */
  readonly training?: boolean;
}

/** The name of a feature's column in a query, by its index: any text may be the name of a feature. */
export const featureColumn = (index: number): Sql => inner(`feature ${index}`);

/**
 * The features of all rows of the table `from`, which has these columns. The same numbers as `applyTransform` gives row by
 * row: the same bits, or as near as the steps' kinds say (`slack`). Where the table is the
 * one that the transform was fitted on (`training`), steps that learn from the label give each row what was learnt without it.
 */
export function featuresQuery(
  transform: FittedTransform,
  from: Sql,
  columns: readonly Column[],
  { also = [], training = false }: FeaturesQueryOptions = {},
): FeaturesQuery {
  const types = new Map(transform.columns?.map(({ name, type }) => [name, type]));
  const names = new Set(columns.map(({ name }) => name));
  const lost = readsOf(transform).filter(({ column }) => !names.has(column));
  const absent = [...new Map(lost.map(({ column, type }) => [column, types.get(column) ?? type]))];
  const table = new TableColumns([...columns, ...absent.map(([name, type]) => ({ name, type }))], training);
  const nothing = absent.map(([name, type]) => sql`${NOTHING[type]} AS ${id(name)}`);
  const whole = absent.length === 0 ? from : sql`(SELECT *, ${join(nothing)} FROM ${from})`;
  const expressions: Sql[] = [];
  for (const step of transform.steps) {
    const kind = kindOf(step);
    if (kind.gives === 'column') table.add(kind.column(step), kind.sql(step, table));
    else expressions.push(...kind.sql(step, table));
  }
  const features = featureNames(transform);
  const chosen = transform.kept ? transform.kept.map((index) => expressions[index]!) : expressions;
  const given = chosen.map((expression, i) => sql`${expression} AS ${featureColumn(i)}`);
  return {
    features,
    query: sql`SELECT ${join([...also, ...given])} FROM ${table.over(whole)}`,
    unreadable: table.unreadable,
    absent: absent.map(([name]) => name),
  };
}

/** The table `from` with the columns that steps make of its own. */
export function derivedQuery(
  steps: readonly TransformStep[],
  from: Sql,
  columns: readonly Column[],
  also: (table: TableColumns) => readonly Sql[] = () => [],
): Sql {
  const table = new TableColumns(columns);
  const made = steps.flatMap((step) => {
    const kind = kindOf(step);
    if (kind.gives !== 'column') return [];
    const { name, type } = kind.column(step);
    const value = table.keep(kind.sql(step, table));
    table.add({ name, type }, value);
    return [sql`${value} AS ${id(name)}`];
  });
  const all = [...made, ...also(table)];
  if (all.length === 0) return sql`SELECT * FROM ${from}`;
  // What was kept on the way is left behind.
  return sql`SELECT * EXCLUDE (${join(table.names())}), ${join(all)} FROM ${table.over(from)}`;
}
