import type { Database } from '@trainyard/tables';
import { id, sql, type Sql } from '@trainyard/tables/sql';
import type { Check, RowCheck, TextCheck } from './rule-kind.js';

/**
 * A check that JavaScript asks of each distinct text, as one that the database asks of each row: the texts that do not fit
 * are put into a table, `name`.
 */
export async function askTexts(
  database: Database,
  check: TextCheck & Pick<Check, 'expected'>,
  from: Sql,
  name: string,
): Promise<RowCheck & Pick<Check, 'expected'>> {
  const { cell, looks, fits, expected } = check;
  const refused: { text: string }[] = [];
  for await (const batch of database.batches<{ text: string }>(
    sql`SELECT DISTINCT ${cell} AS text FROM ${from} WHERE ${looks}`,
  ))
    refused.push(...batch.filter(({ text }) => !fits(text)));
  await database.insert(name, [{ name: 'text', type: 'text' }], refused);
  return { sort: 'rows', looks, failing: sql`${cell} IN (SELECT text FROM ${id(name)})`, shown: cell, expected };
}
