import { UserError } from '@trainyard/errors';
import {
  carriedRules,
  conformed,
  emptyColumns,
  id,
  openTable,
  requireColumn,
  sql,
  type Column,
  type Database,
  type Sql,
  type TableFiles,
} from '@trainyard/tables';
import { featuresQuery, type FeaturesQuery, type FeaturesQueryOptions } from './query.js';
import { restOfRules } from './row-rules/carried.js';
import { rulesToSql, type RefusedRows } from './row-rules/index.js';
import { inputsAfter, transformInputs, type FittedTransform } from './transform.js';

/**
 * Makes a table artifact readable under a name, as rows that a transform takes: columns are read by the types that they had
 * in training, then go through those of the transform's rules that they have not gone through yet. Returns the columns.
 * `part` names the table in messages. Throws a UserError for a table that lacks a column which the transform or a rule reads, has one
 * in a type that does not hold its values exactly, was cleaned by other rules, or has a cell that a rule cannot read.
 */
export async function openThroughRules(
  database: Database,
  name: string,
  artifact: TableFiles,
  transform: FittedTransform,
  part: string,
): Promise<Column[]> {
  const { rules = [], columns: trained = [] } = transform;
  const rest = restOfRules(rules, carriedRules(artifact), part);
  const given = `${name} as given`;
  const present = await openTable(database, given, artifact);
  const inputs = inputsAfter(transform, rules.length - rest.length);
  for (const input of inputs) requireColumn(present, input.name, 'an input of the transform');
  const said = { table: `the table "${part}"`, where: { port: part } };
  // A transform of an older format does not say the types of its columns.
  const before = await conform(database, given, present, transform.columns ? inputs : [], said);
  if (rest.length === 0) return view(database, name, before);

  const { query, columns, functions, refused } = rulesToSql(rest, before.columns);
  await database.define(functions);
  for (const one of refused) await refuseUnread(database, one, before.from, part);
  const ruled = `${name} after the rules`;
  await database.run(sql`CREATE OR REPLACE VIEW ${id(ruled)} AS ${query(before.from)}`);
  return view(database, name, await conform(database, ruled, columns, trained, said));
}

/**
 * The features of a table that `openThroughRules` has opened. Throws a UserError where a column is of a type that a step
 * cannot read, and has values.
 */
export async function featuresOf(
  database: Database,
  name: string,
  columns: readonly Column[],
  transform: FittedTransform,
  part: string,
  options: FeaturesQueryOptions = {},
): Promise<FeaturesQuery> {
  const found = featuresQuery(transform, id(name), columns, options);
  const wrong = [...found.unreadable, ...unlike(transform, columns)];
  const empty = await emptyColumns(database, id(name), [...new Set(wrong.map(({ column }) => column))]);
  const first = wrong.find(({ column }) => !empty.has(column));
  if (!first) return found;
  throw new UserError(`column "${first.column}" of the table "${part}" does not hold ${SAID[first.as]}`, {
    where: { port: part, column: first.column },
    expected: `${SAID[first.as]}, as in training`,
    actual: `a column of type ${columns.find((column) => column.name === first.column)?.type}`,
    remedy: 'give all tables one schema, or read them as one and split that',
  });
}

const SAID = {
  number: 'numbers',
  text: 'text',
  timestamp: 'times',
  boolean: 'true or false',
} as const;

/**
 * Columns of numbers or times that cannot be those of training, though the transform does not say their types: it knows a
 * category of each that is not how such a value is written, such as `1.50` or `EC`.
 */
function unlike(transform: FittedTransform, columns: readonly Column[]): { column: string; as: 'text' }[] {
  if (transform.columns) return [];
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return transformInputs(transform).flatMap(({ name, categories = [] }) => {
    const own = OWN_TEXT[types.get(name) ?? 'text'];
    return own && !categories.every(own) ? [{ column: name, as: 'text' as const }] : [];
  });
}

const OWN_TEXT: Readonly<Record<string, ((text: string) => boolean) | undefined>> = {
  number: (text) => String(Number(text)) === text,
  timestamp: (text) => /^[+-]?\d+-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text),
  date: (text) => /^[+-]?\d+-\d\d-\d\d$/.test(text),
};

interface Relation {
  readonly from: Sql;
  readonly columns: Column[];
}

async function conform(
  database: Database,
  table: string,
  columns: readonly Column[],
  expected: readonly { readonly name: string; readonly type: Column['type'] }[],
  said: Parameters<typeof conformed>[4],
): Promise<Relation> {
  const given = new Map(columns.map(({ name, type }) => [name, type]));
  // A whole number and a number are one to every step: a fraction where training had none is no other type.
  const wanted = expected.map(({ name, type }) =>
    type === 'integer' && given.get(name) === 'number' ? { name, type: 'number' as const } : { name, type },
  );
  const types = new Map(wanted.map(({ name, type }) => [name, type]));
  return {
    from: await conformed(database, table, columns, wanted, said),
    columns: columns.map(({ name, type }) => ({ name, type: types.get(name) ?? type })),
  };
}

async function view(database: Database, name: string, { from, columns }: Relation): Promise<Column[]> {
  await database.run(sql`CREATE OR REPLACE VIEW ${id(name)} AS FROM ${from}`);
  return columns;
}

/** Throws a UserError for a cell that a rule cannot read, as a request with it is refused. */
async function refuseUnread(
  database: Database,
  { rule, column, expected, rows }: RefusedRows,
  from: Sql,
  part: string,
): Promise<void> {
  const [first] = await database.rows<{ cell: string }>(rows(from));
  if (!first) return;
  throw new UserError(`rule "${rule}" cannot read column "${column}" of the table "${part}"`, {
    where: { port: part, column },
    expected: `${expected}, or nothing where it is missing`,
    actual: JSON.stringify(first.cell).slice(0, 80),
    remedy: 'clean the table by the rules that the training table went through, which says what becomes of such cells',
  });
}
