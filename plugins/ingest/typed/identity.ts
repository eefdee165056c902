import { UserError } from '../../../core/index.js';
import { inner, join, mayRepeat, sql, type Database, type Sql } from '@trainyard/tables';
import { rawColumn, RECORD, sayPlace, textOf, type RawText } from './raw-text.js';

/** Hexadecimal digits of a digest as identity: 96 bits, so that a billion rows have none in common by chance. */
const DIGITS = 24;
const [REPEATS, NTH] = [inner('repeats'), inner('number among equals')];

/**
 * SQL for the identity of a row, and for the rows to take it from: its key, or a digest of all its cells (by column
 * name, so the order of columns does not matter), with `~2`, `~3`, … for further rows that are equal. MD5 is enough:
 * this tells rows apart, it proves nothing.
 */
export async function rowIdentity(
  database: Database,
  raw: RawText,
  params: { readonly key: readonly string[]; readonly missing: readonly string[] },
  keep: Sql,
): Promise<{ identity: Sql; from: Sql }> {
  const names = raw.columns.map(({ name }) => name);
  if (params.key.length > 0) {
    const parts = params.key.map((name) => textOf(raw, names.indexOf(name), params.missing));
    const key = parts.length === 1 && parts[0] ? parts[0] : sql`to_json([${join(parts)}])::VARCHAR`;
    await refuseBadKeys(database, raw, params.key, parts, key, keep);
    return { identity: key, from: raw.numbered };
  }
  const sorted = names.map((name, index) => ({ name, index })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const cells = sorted.map(({ index }) =>
    raw.columns[index]?.type === undefined ? rawColumn(index) : textOf(raw, index, []),
  );
  const digest = sql`substr(md5(to_json([${join(cells)}])::VARCHAR), 1, ${BigInt(DIGITS)})`;
  const nth = sql`row_number() OVER (PARTITION BY ${join(cells)} ORDER BY ${RECORD})`;
  await database.run(
    sql`CREATE OR REPLACE TABLE ${REPEATS} AS SELECT ${RECORD}, ${nth} AS ${NTH} FROM ${mayRepeat(raw.numbered, cells)} QUALIFY ${NTH} > 1`,
  );
  const { repeats } = await database.row<{ repeats: number }>(sql`SELECT count(*) AS repeats FROM ${REPEATS}`);
  if (repeats === 0) return { identity: digest, from: raw.numbered };
  return {
    identity: sql`${digest} || coalesce('~' || ${NTH}, '')`,
    from: sql`${raw.numbered} LEFT JOIN ${REPEATS} USING (${RECORD})`,
  };
}

async function refuseBadKeys(
  database: Database,
  raw: RawText,
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
        FROM ${raw.numbered} WHERE ${keep} GROUP BY 1 HAVING count(*) > 1 OR key IS NULL ORDER BY first LIMIT 5`,
  );
  const first = rows[0];
  if (!first) return;
  const places = await raw.locate(rows.flatMap((row) => [row.first, row.second ?? row.first]));
  const at = (record: number): string => sayPlace(places.get(record), record);
  const said = rows.map((row) =>
    row.key === null
      ? `${at(row.first)}: no key`
      : `${at(row.first)} and ${at(row.second ?? row.first)}: ${JSON.stringify(row.key)}`,
  );
  throw new UserError(`the key ${names.join(', ')} does not identify the rows of ${raw.name}`, {
    where: { file: raw.name, row: places.get(first.second ?? first.first)?.line, column: names[0] },
    expected: 'a value in each row that no other row has',
    actual: said.join('; '),
    remedy: 'name more columns as key, or leave key out',
  });
}
