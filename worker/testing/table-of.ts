import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { id, join, ROW_ID, sql, TABLE_FILE, withDatabase, writeTable, type Sql } from '@trainyard/tables';
import type { TestArtifact } from './run-node.js';

/** A row of a table in a test; null where a cell is missing. */
export type TestRow = Readonly<Record<string, string | number | boolean | null>>;

/**
 * A table artifact that holds rows, to give to a node in a test. A column is whole numbers, numbers, booleans or text by
 * its values; each row has an identity, as rows have after `ingest`. Throws a `TypeError` for a column of several types,
 * or without rows.
 */
export async function tableOf(rows: readonly TestRow[]): Promise<TestArtifact> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (names.length === 0) throw new TypeError('tableOf needs a row with a column');
  const types = names.map((name) => typeOf(name, rows));
  const lines = rows.map(
    (row, index) => sql`(${join([sql`${`row ${index + 1}`}`, ...names.map((name) => sql`${row[name] ?? null}`)])})`,
  );
  const columns = names.map((name, index) => sql`${id(`c${index}`)}::${types[index] as Sql} AS ${id(name)}`);
  const placed = join([id(ROW_ID), ...names.map((_, index) => id(`c${index}`))]);
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-table-'));
  try {
    return await withDatabase({ scratch: folder }, async (database) => {
      const query = sql`SELECT ${id(ROW_ID)}, ${join(columns)} FROM (VALUES ${join(lines)}) AS given(${placed})`;
      const { value, files } = await writeTable(database, query, folder);
      // The file is read now: the folder goes with this call.
      return { value, files: { [TABLE_FILE]: readFileSync(files[TABLE_FILE].path) } };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function typeOf(name: string, rows: readonly TestRow[]): Sql {
  const values = rows.map((row) => row[name] ?? null).filter((value) => value !== null);
  const kinds = [...new Set(values.map((value) => typeof value))];
  if (kinds.length > 1) throw new TypeError(`column "${name}" has values of several types: ${kinds.join(', ')}`);
  if (kinds[0] === 'boolean') return sql`BOOLEAN`;
  if (kinds[0] !== 'number') return sql`VARCHAR`;
  return values.every((value) => Number.isSafeInteger(value)) ? sql`BIGINT` : sql`DOUBLE`;
}
