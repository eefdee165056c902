import { UserError } from '../../core/index.js';
import { id, join, mayRepeat, sql, type Database, type Sql } from '@trainyard/tables';
import { lineOfRecord, RAW, rawColumn, RECORD, textOf, type CsvSource } from './load.js';

/** Hexadecimal digits of a digest as identity: 96 bits, so that a billion rows have none in common by chance. */
const DIGITS = 24;
const [REPEATS, NTH] = [id('repeats'), id('number among equals')];

/**
 * SQL for the identity of a row, and for the rows to take it from: its key, or a digest of all its cells (by column
 * name, so the order of columns does not matter), with `~2`, `~3`, … for further rows that are equal. MD5 is enough:
 * this tells rows apart, it proves nothing.
 */
export async function rowIdentity(
  database: Database,
  source: CsvSource,
  names: readonly string[],
  params: { readonly key: readonly string[]; readonly missing: readonly string[] },
  keep: Sql,
): Promise<{ identity: Sql; from: Sql }> {
  const raw = id(RAW);
  if (params.key.length > 0) {
    const parts = params.key.map((name) => textOf(names.indexOf(name), params.missing));
    const key = parts.length === 1 && parts[0] ? parts[0] : sql`to_json([${join(parts)}])::VARCHAR`;
    await refuseBadKeys(database, source, params.key, parts, key, keep);
    return { identity: key, from: raw };
  }
  const sorted = names.map((name, index) => ({ name, index })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const cells = sorted.map(({ index }) => rawColumn(index));
  const digest = sql`substr(md5(to_json([${join(cells)}])::VARCHAR), 1, ${BigInt(DIGITS)})`;
  const nth = sql`row_number() OVER (PARTITION BY ${join(cells)} ORDER BY ${RECORD})`;
  await database.run(
    sql`CREATE OR REPLACE TABLE ${REPEATS} AS SELECT ${RECORD}, ${nth} AS ${NTH} FROM ${mayRepeat(raw, cells)} QUALIFY ${NTH} > 1`,
  );
  const { repeats } = await database.row<{ repeats: number }>(sql`SELECT count(*) AS repeats FROM ${REPEATS}`);
  if (repeats === 0) return { identity: digest, from: raw };
  return {
    identity: sql`${digest} || coalesce('~' || ${NTH}, '')`,
    from: sql`${raw} LEFT JOIN ${REPEATS} USING (${RECORD})`,
  };
}

async function refuseBadKeys(
  database: Database,
  source: CsvSource,
  names: readonly string[],
  parts: readonly Sql[],
  key: Sql,
  keep: Sql,
): Promise<void> {
  const missing = join(
    parts.map((part) => sql`${part} IS NULL`),
    ' OR ',
  );
  const rows = await database.rows<{ key: string | null; ns: number; first: number; second: number | null }>(
    sql`SELECT CASE WHEN ${missing} THEN NULL ELSE ${key} END AS key, count(*) AS ns, min(${RECORD}) AS first,
               CASE WHEN count(*) > 1 THEN list_sort(list(${RECORD}))[2] END AS second
        FROM ${id(RAW)} WHERE ${keep} GROUP BY 1 HAVING count(*) > 1 OR key IS NULL ORDER BY first LIMIT 5`,
  );
  const first = rows[0];
  if (!first) return;
  const lines = await lineOfRecord(
    source,
    rows.flatMap((row) => [row.first, row.second ?? row.first]),
  );
  const said = rows.map((row) =>
    row.key === null
      ? `line ${lines.get(row.first)}: no key`
      : `lines ${lines.get(row.first)} and ${lines.get(row.second ?? row.first)}: ${JSON.stringify(row.key)}`,
  );
  throw new UserError(`the key ${names.join(', ')} does not identify the rows of ${source.name}`, {
    where: { file: source.name, row: lines.get(first.second ?? first.first), column: names[0] },
    expected: 'a value in each row that no other row has',
    actual: said.join('; '),
    remedy: 'name more columns as key, or leave key out',
  });
}
