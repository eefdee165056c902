import { dataColumns, id, join, sql, type Column, type Database } from '@trainyard/tables';
import type { CleanFigures } from './rules.js';

/** Rows of a table, and the missing cells of each column. */
export interface MissingCells {
  readonly rows: number;
  readonly missing: ReadonlyMap<string, number>;
}

/** Counts the missing cells of a table's file: as the file itself has counted them, or else by reading it. */
export async function missingCells(
  database: Database,
  path: string,
  columns: readonly Column[],
): Promise<MissingCells> {
  const data = dataColumns(columns);
  const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM read_parquet(${path})`);
  const counted = await database.rows<{ name: string; missing: number | null }>(
    sql`SELECT path_in_schema AS name, CASE WHEN count(stats_null_count) = count(*) THEN sum(stats_null_count)::BIGINT END AS missing
        FROM parquet_metadata(${path}) GROUP BY 1`,
  );
  const said = new Map(counted.map(({ name, missing }) => [name, missing]));
  if (rows === 0 || data.some(({ name }) => typeof said.get(name) !== 'number')) {
    const counts = data.map(({ name }, i) => sql`count(*) - count(${id(name)}) AS ${id(`m${i}`)}`);
    const row =
      counts.length === 0
        ? {}
        : await database.row<Record<string, number>>(sql`SELECT ${join(counts)} FROM read_parquet(${path})`);
    return { rows, missing: new Map(data.map(({ name }, i) => [name, row[`m${i}`] ?? 0])) };
  }
  return { rows, missing: new Map(data.map(({ name }) => [name, said.get(name) ?? 0])) };
}

/** The missing cells of each column before and after; `null` where a table lacks the column. */
export function beforeAndAfter(before: MissingCells, after: MissingCells): CleanFigures['missing'] {
  const names = [...new Set([...before.missing.keys(), ...after.missing.keys()])];
  return names.map((column) => ({
    column,
    before: before.missing.get(column) ?? null,
    after: after.missing.get(column) ?? null,
  }));
}
