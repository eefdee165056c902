import { UserError } from '../../../core/index.js';
import { id, inner, join, ROW_ID, sql, type Database, type Sql } from '@trainyard/tables';
import { rawColumn, RECORD, sayPlace, textOf, type RawText } from './raw-text.js';

/** Hexadecimal digits of a digest as identity: 96 bits, so that a billion rows have none in common by chance. */
const DIGITS = 24;

/**
 * SQL for the identity of a row: its key, NULL where a part of it is missing; or a digest of all its cells, by column
 * name, so the order of columns does not matter. MD5 is enough: this tells rows apart, it proves nothing. Rows that are
 * equal have one digest; `tellRepeats` tells them apart.
 */
export function identityOf(raw: RawText, key: readonly string[], missing: readonly string[]): Sql {
  const names = raw.columns.map(({ name }) => name);
  if (key.length > 0) {
    const parts = key.map((name) => textOf(raw, names.indexOf(name), missing));
    const [only] = parts;
    if (only && parts.length === 1) return only;
    return sql`CASE WHEN ${anyMissing(parts)} THEN NULL ELSE to_json([${join(parts)}])::VARCHAR END`;
  }
  const sorted = names.map((name, index) => ({ name, index })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const cells = sorted.map(({ index }) =>
    raw.columns[index]?.type === undefined ? rawColumn(index) : textOf(raw, index, []),
  );
  return sql`substr(md5(json_array(${join(cells)})::VARCHAR), 1, ${BigInt(DIGITS)})`;
}

function anyMissing(parts: readonly Sql[]): Sql {
  return join(
    parts.map((part) => sql`${part} IS NULL`),
    ' OR ',
  );
}

/** Whether rows of a relation share an identity or lack one: by a hash of 64 bits, so that it may err, very rarely, to yes. */
export async function mayShare(database: Database, rows: Sql): Promise<boolean> {
  const { all, different } = await database.row<{ all: number; different: number }>(
    sql`SELECT (SELECT count(*) FROM ${rows}) AS "all",
               (SELECT count(*) FROM (SELECT DISTINCT hash(${id(ROW_ID)}) FROM ${rows} WHERE ${id(ROW_ID)} IS NOT NULL)) AS different`,
  );
  return different < all;
}

/**
 * SQL for the rows of a relation, in its order, where the second, third, … of those that share an identity have `~2`,
 * `~3`, … after it.
 */
export function tellRepeats(rows: Sql): Sql {
  const [nth, place, row] = [inner('number among equals'), inner('place'), id(ROW_ID)];
  const repeats = sql`SELECT ${row} FROM ${rows} GROUP BY 1 HAVING count(*) > 1`;
  const numbered = sql`SELECT *, row_number() OVER () AS ${place} FROM ${rows}`;
  const counted = sql`SELECT ${place}, row_number() OVER (PARTITION BY ${row} ORDER BY ${place}) AS ${nth}
                      FROM (${numbered}) WHERE ${row} IN (${repeats}) QUALIFY ${nth} > 1`;
  return sql`SELECT * EXCLUDE (${place}, ${nth}) REPLACE (${row} || coalesce('~' || ${nth}, '') AS ${row})
             FROM (${numbered}) LEFT JOIN (${counted}) USING (${place}) ORDER BY ${place}`;
}

/** Throws a UserError where the key does not identify the rows that are kept: up to five keys, with their lines. */
export async function refuseBadKeys(
  database: Database,
  raw: RawText,
  names: readonly string[],
  missing: readonly string[],
  keep: Sql,
): Promise<void> {
  const parts = names.map((name) =>
    textOf(
      raw,
      raw.columns.findIndex((column) => column.name === name),
      missing,
    ),
  );
  const key = identityOf(raw, names, missing);
  const rows = await database.rows<{ key: string | null; ns: number; first: number; second: number | null }>(
    sql`SELECT CASE WHEN ${anyMissing(parts)} THEN NULL ELSE ${key} END AS key, count(*) AS ns, min(${RECORD}) AS first,
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
