import { sql, type Database, type Sql } from '@trainyard/tables';
import type { Crossings } from '../figures.js';
import { NTH, PART, PLACES } from '../inner.js';
import { KEY } from '../together.js';

/** Counts rows of one part that have something in common with a row of another; `repeats` has numbers and keys of rows. */
export async function crossingsOf(database: Database, repeats: Sql): Promise<Crossings> {
  const of = (part: string): Sql => sql`bool_or(${PART} = ${part}) OVER (PARTITION BY ${KEY})`;
  return database.row<Crossings>(
    sql`SELECT count(DISTINCT ${NTH}) FILTER (WHERE ${PART} = 'test' AND train) AS "testInTrain",
               count(DISTINCT ${NTH}) FILTER (WHERE ${PART} = 'test' AND validation) AS "testInValidation",
               count(DISTINCT ${NTH}) FILTER (WHERE ${PART} = 'validation' AND train) AS "validationInTrain"
        FROM (SELECT ${NTH}, ${PART}, ${of('train')} AS train, ${of('validation')} AS validation
              FROM ${repeats} JOIN ${PLACES} USING (${NTH}))`,
  );
}

/** Counts rows that have something in common with a row of another fold. */
export async function crossingFolds(database: Database, repeats: Sql): Promise<number> {
  const { rows } = await database.row<{ rows: number }>(
    sql`SELECT count(DISTINCT ${NTH}) AS rows
        FROM (SELECT ${NTH}, min(${PART}) OVER (PARTITION BY ${KEY}) AS a, max(${PART}) OVER (PARTITION BY ${KEY}) AS b
              FROM ${repeats} JOIN ${PLACES} USING (${NTH}))
        WHERE a <> b`,
  );
  return rows;
}

/** Rows of a set from which on near equality says little: a few columns of few values repeat by themselves. */
const MEANINGFUL = 10;

/** Whether rows have so little in common by chance that near equality means something. */
export async function isTelling(database: Database, repeats: Sql): Promise<boolean> {
  const { rows, sets } = await database.row<{ rows: number; sets: number }>(
    sql`SELECT count(DISTINCT ${NTH}) AS rows, count(DISTINCT ${KEY}) AS sets FROM ${repeats}`,
  );
  return rows <= MEANINGFUL * sets;
}
