import {
  type Column,
  type Database,
  dataColumns,
  id,
  inner,
  join,
  mayRepeat,
  requireColumn,
  sql,
  type Sql,
} from '@trainyard/tables';
import { UserError } from '../../core/index.js';
import { NTH, UNIT } from './inner.js';
import { unitOf } from './place.js';

/** Which rows count as nearly equal. */
export interface Near {
  /** Columns that are compared; all where it is left out. */
  readonly columns?: readonly string[] | undefined;
  /** Columns that are not: identifiers, times of entry. */
  readonly except?: readonly string[] | undefined;
  /** Share of their 5-letter pieces that texts have in common; texts are equal where it is left out. */
  readonly similarity?: number | undefined;
  /** A column of pictures, which count as equal where they look alike; of the other columns only those that `columns` names. */
  readonly picture?: string | undefined;
  /** Bits of 64 in which hashes of pictures may differ. */
  readonly distance: number;
  /** Significant digits of numbers that are compared. */
  readonly digits: number;
}

export const KEY = inner('what rows have in common');
const BOND = inner('name of the set');
const [LEAST, OTHER] = [inner('least'), inner('other')];

/** Tables that this file makes: rows that repeat, what binds units together, and the set of each bound unit. */
export const EQUAL_ROWS = id('equal rows');
export const NEAR_ROWS = id('near rows');
const [BONDS, KEYS, BOUND] = [id('bonds'), id('keys'), id('bound units')];

/** A cell as it is compared for near equality: text without case and white space, numbers to some digits. */
export function nearly({ name, type }: Column, digits: number): Sql {
  const cell = id(name);
  if (type === 'text') return sql`regexp_replace(trim(lower(nfc_normalize(${cell}))), '[\\s\\p{Z}]+', ' ', 'g')`;
  if (type === 'number' || type === 'integer') return sql`printf(${`%.${digits - 1}e`}, ${cell}::DOUBLE + 0)`;
  return cell;
}

/** The columns that near equality compares. Throws a UserError for one that the table does not have. */
export function compared(columns: readonly Column[], near: Pick<Near, 'columns' | 'except' | 'picture'>): Column[] {
  for (const name of [...(near.columns ?? []), ...(near.except ?? [])]) requireColumn(columns, name, 'near');
  const chosen = dataColumns(columns).filter(
    ({ name }) => name === near.picture || ((near.columns?.includes(name) ?? true) && !near.except?.includes(name)),
  );
  if (chosen.length > 0) return chosen;
  throw new UserError('near leaves no column by which rows could be compared', { where: { field: 'near' } });
}

/** Makes the table `EQUAL_ROWS`: number, unit and cells' digest of each row of `rows` whose cells all repeat. */
export async function findEqual(database: Database, columns: readonly Column[], group?: string): Promise<void> {
  await findRepeating(
    database,
    EQUAL_ROWS,
    dataColumns(columns).map(({ name }) => id(name)),
    group,
  );
}

/** Makes the table `NEAR_ROWS` of the rows that repeat nearly. */
export async function findNear(
  database: Database,
  columns: readonly Column[],
  digits: number,
  group?: string,
): Promise<void> {
  await findRepeating(
    database,
    NEAR_ROWS,
    columns.map((column) => nearly(column, digits)),
    group,
  );
}

async function findRepeating(database: Database, into: Sql, cells: readonly Sql[], group?: string): Promise<void> {
  if (cells.length === 0) {
    await database.run(sql`CREATE TABLE ${into} (${NTH} BIGINT, ${UNIT} VARCHAR, ${KEY} VARCHAR)`);
    return;
  }
  const numbered = sql`(SELECT row_number() OVER () AS ${NTH}, * FROM rows)`;
  const there = join(
    cells.map((cell) => sql`(${cell}) IS NOT NULL`),
    ' OR ',
  );
  const digest = sql`sha256(to_json([${join(cells.map((cell) => sql`(${cell})::VARCHAR`))}])::VARCHAR)`;
  // A row of missing cells alone has nothing in common with another.
  await database.run(
    sql`CREATE TABLE ${into} AS SELECT ${NTH}, ${UNIT}, ${KEY}
        FROM (SELECT ${NTH}, ${unitOf(group)} AS ${UNIT}, ${digest} AS ${KEY}
              FROM ${mayRepeat(numbered, cells)} WHERE ${there})
        QUALIFY count(*) OVER (PARTITION BY ${KEY}) > 1`,
  );
}

/** A unit's set: SQL that reads `BOUND`. Its name is the smallest digest that its rows share, so more rows hardly change it. */
export const bindings = sql`(SELECT ${UNIT}, ${BOND} FROM ${BOUND})`;

/** SQL for what decides a row's part, where `bindings` is joined: its set, or its unit by itself. */
export const BOUND_UNIT = sql`coalesce('together ' || ${BOND}, ${UNIT})`;

/**
 * Makes the table of units that stay together because they have rows in common (`from`: units and keys): the connected
 * components of units and keys, by the smallest key of each. Labels spread and jump (Shiloach and Vishkin), so the
 * rounds grow with the logarithm of the longest chain. Gives how many units are bound.
 */
export async function bind(database: Database, from: Sql): Promise<number> {
  await database.run(
    sql`CREATE TABLE ${BONDS} AS SELECT DISTINCT ${UNIT}, ${KEY}
        FROM (SELECT ${UNIT}, ${KEY}, min(${UNIT}) OVER (PARTITION BY ${KEY}) AS ${LEAST},
                     max(${UNIT}) OVER (PARTITION BY ${KEY}) AS ${OTHER} FROM ${from})
        WHERE ${LEAST} <> ${OTHER}`,
  );
  await database.run(
    sql`CREATE TABLE ${BOUND} AS SELECT ${UNIT}, min(${KEY}) AS ${BOND} FROM ${BONDS} GROUP BY ${UNIT}`,
  );
  for (;;) {
    await database.run(
      sql`CREATE OR REPLACE TABLE ${KEYS} AS SELECT ${KEY}, min(${BOND}) AS ${LEAST}
          FROM ${BONDS} JOIN ${BOUND} USING (${UNIT}) GROUP BY ${KEY}`,
    );
    // Each key's label is a key of the same component: its own label may be smaller yet.
    await database.run(
      sql`CREATE OR REPLACE TABLE ${KEYS} AS SELECT a.${KEY}, least(a.${LEAST}, b.${LEAST}) AS ${LEAST}
          FROM ${KEYS} AS a JOIN ${KEYS} AS b ON b.${KEY} = a.${LEAST}`,
    );
    const { changed } = await database.row<{ changed: number }>(
      sql`SELECT count(*) AS changed FROM ${BONDS} JOIN ${KEYS} USING (${KEY}) JOIN ${BOUND} USING (${UNIT}) WHERE ${LEAST} < ${BOND}`,
    );
    if (changed === 0) break;
    await database.run(
      sql`CREATE OR REPLACE TABLE ${BOUND} AS SELECT ${UNIT}, min(${LEAST}) AS ${BOND}
          FROM ${BONDS} JOIN ${KEYS} USING (${KEY}) GROUP BY ${UNIT}`,
    );
  }
  const { units } = await database.row<{ units: number }>(sql`SELECT count(*) AS units FROM ${BOUND}`);
  return units;
}

/** Makes rows of these kinds stay together: gives how many sets there are, their rows, and the rows of the largest. */
export async function countTogether(
  database: Database,
  units: Sql,
): Promise<{ sets: number; rows: number; largest: number }> {
  return database.row(
    sql`SELECT count(*) AS sets, coalesce(sum(n), 0)::BIGINT AS rows, coalesce(max(n), 0) AS largest
        FROM (SELECT ${BOND}, count(*) AS n FROM ${units} JOIN ${BOUND} USING (${UNIT}) GROUP BY ${BOND})`,
  );
}
