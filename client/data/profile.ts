import { MOST_VALUES, type ColumnProfile, type Profile } from '@trainyard/drift';
import { dataColumns, id, inner, sql, type Column, type Database, type Sql } from '@trainyard/tables';

/** Most values of a text that are counted one by one: a column with more names its rows and does not drift. */
const MOST_TEXTS = 10_000;

/** What a profile leaves out, and why. */
export interface TableProfile {
  readonly profile: Profile;
  readonly leftOut: readonly { readonly column: string; readonly why: string }[];
}

/**
 * The profile of a table, computed by the database: the same as `profileOf` of `@trainyard/drift` gives for its rows. Times
 * are numbers, ms since the epoch. Texts of more than 10,000 values are left out.
 */
export async function profileTable(database: Database, from: Sql, columns: readonly Column[]): Promise<TableProfile> {
  const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM ${from}`);
  const profiles: ColumnProfile[] = [];
  const leftOut: { column: string; why: string }[] = [];
  for (const column of dataColumns(columns)) {
    const profile = await profileColumn(database, from, column, rows);
    if (profile) profiles.push(profile);
    else leftOut.push({ column: column.name, why: `more than ${MOST_TEXTS} different texts` });
  }
  return { profile: { format: 'trainyard.profile/1', rows, columns: profiles }, leftOut };
}

function profileColumn(
  database: Database,
  from: Sql,
  { name, type }: Column,
  rows: number,
): Promise<ColumnProfile | undefined> {
  const cell = id(name);
  if (type === 'text' || type === 'boolean') return textProfile(database, from, name, sql`${cell}::VARCHAR`, rows);
  if (type === 'date' || type === 'timestamp')
    return numberProfile(database, from, name, sql`epoch_ms(${cell}::TIMESTAMP)::DOUBLE`, rows);
  return numberProfile(database, from, name, sql`CASE WHEN NOT isnan(${cell}::DOUBLE) THEN ${cell}::DOUBLE END`, rows);
}

const [X, RANK] = [inner('x'), inner('rank')];

/** The values in order; of many, as many as `MOST_VALUES`, evenly spaced in that order. */
async function numberProfile(
  database: Database,
  from: Sql,
  name: string,
  value: Sql,
  rows: number,
): Promise<ColumnProfile> {
  const { present } = await database.row<{ present: number }>(sql`SELECT count(${value}) AS present FROM ${from}`);
  const sorted = sql`SELECT ${value} AS ${X}, row_number() OVER (ORDER BY ${value}) - 1 AS ${RANK} FROM ${from} WHERE ${value} IS NOT NULL`;
  const step = present / MOST_VALUES;
  const wanted = sql`SELECT floor((i + 0.5::DOUBLE) * ${step})::BIGINT FROM range(${BigInt(MOST_VALUES)}) t(i)`;
  const some = present > MOST_VALUES ? sql`WHERE ${RANK} IN (${wanted})` : sql``;
  const found = await database.rows<{ x: number }>(sql`SELECT ${X} AS x FROM (${sorted}) ${some} ORDER BY x`);
  return { name, type: 'number', missing: rows - present, present, values: found.map(({ x }) => x) };
}

async function textProfile(
  database: Database,
  from: Sql,
  name: string,
  text: Sql,
  rows: number,
): Promise<ColumnProfile | undefined> {
  const found = await database.rows<{ text: string; n: number }>(
    sql`SELECT ${text} AS text, count(*) AS n FROM ${from} WHERE ${text} IS NOT NULL GROUP BY 1 LIMIT ${BigInt(MOST_TEXTS + 1)}`,
  );
  if (found.length > MOST_TEXTS) return undefined;
  const sorted = found.sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ text: value, n }) => [value, n] as const);
  // Without a prototype: a value named `constructor` is a value like any other.
  const counts = Object.assign(Object.create(null) as object, Object.fromEntries(sorted)) as Record<string, number>;
  const present = sorted.reduce((sum, [, n]) => sum + n, 0);
  return { name, type: 'text', missing: rows - present, present, counts };
}
