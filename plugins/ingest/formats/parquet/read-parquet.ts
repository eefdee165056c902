import { UserError } from '../../../../core/index.js';
import {
  clashOf,
  join,
  rawColumn,
  RECORD,
  type Sql,
  sql,
  type Database,
  type RawColumn,
  type RawText,
} from '@trainyard/tables';
import { cellsOf, type ParquetCell, type ParquetOptions } from './cells.js';

export interface ParquetFile {
  readonly path: string;
  /** What people call it. */
  readonly name: string;
}

/**
 * Reads Parquet files as one table, as a stream. Each value is kept as it is, or refused in words: whole numbers beyond 2^53 and
 * decimals that no double holds are text; the key `b` of a struct `a` is the column `a.b`; lists and maps are JSON
 * text; a time with a zone is the same moment in UTC. Throws a UserError for columns that are equal but for case, for files that
 * are no Parquet, and for files whose columns differ.
 */
export async function readParquet(
  database: Database,
  name: string,
  files: readonly ParquetFile[],
  options: ParquetOptions,
): Promise<RawText> {
  for (const file of files) await refuseClashes(database, file);
  const types = await sameTypes(database, files);
  const paths = files.map(({ path }) => path);
  const starts: number[] = [];
  let rows = 0;
  for (const { path } of files) {
    starts.push(rows);
    rows += (
      await database.row<{ n: number }>(
        sql`SELECT coalesce(sum(num_rows), 0)::BIGINT AS n FROM parquet_file_metadata(${path})`,
      )
    ).n;
  }
  const from = sql`read_parquet(${paths}, file_row_number = true, filename = true, union_by_name = true)`;
  const found = await cellsOf(database, name, types, sql`read_parquet(${paths}, union_by_name = true)`, options);
  const cells = found.map(({ value }, i) => sql`${value} AS ${rawColumn(i)}`);
  const start =
    files.length === 1 ? sql`0` : sql`map(${paths}, [${join(starts.map((one) => sql`${BigInt(one)}`))}])[filename]`;
  return {
    name,
    columns: found.map(({ name: column, type }: ParquetCell): RawColumn => ({ name: column, type })),
    cells: sql`(SELECT ${join(cells)} FROM ${from})`,
    numbered: sql`(SELECT (${start} + file_row_number + 1)::BIGINT AS ${RECORD}, ${join(cells)} FROM ${from})`,
    locate: async (records) =>
      new Map(
        records.map((record) => {
          const at = starts.findLastIndex((one) => one < record);
          const line = record - (starts[at] ?? 0);
          return [record, files.length > 1 ? { file: files[at]?.name, line } : { line }];
        }),
      ),
  };
}

/** The database renames the second of two columns that are equal but for case, and then gives the first for both. */
async function refuseClashes(database: Database, file: ParquetFile): Promise<void> {
  const nodes = await read(
    database,
    file,
    sql`SELECT name, num_children AS children FROM parquet_schema(${file.path})`,
  );
  let next = 0;
  const walk = (path: readonly string[]): void => {
    const node = nodes[next++];
    if (!node) return;
    const names: string[] = [];
    for (let i = 0; i < (node.children ?? 0); i++) {
      const child = nodes[next];
      if (child) names.push(child.name);
      walk([...path, child?.name ?? '']);
    }
    const clash = clashOf(names);
    if (clash)
      throw new UserError(
        `${file.name} has the columns "${clash[0]}" and "${clash[1]}", which are one to the database`,
        {
          where: { file: file.name, column: [...path, clash[1]].join('.') },
          expected: 'names that differ by more than case',
          actual: `"${clash[0]}" and "${clash[1]}"`,
          remedy: 'rename one of them where the file is written',
        },
      );
  };
  walk([]);
}

interface SchemaNode {
  readonly name: string;
  readonly children: number | null;
}

async function read(database: Database, file: ParquetFile, query: Sql): Promise<SchemaNode[]> {
  try {
    return await database.rows<SchemaNode>(query);
  } catch (error) {
    throw new UserError(`${file.name} is no Parquet file`, {
      where: { file: file.name },
      expected: 'a whole Parquet file',
      actual: error instanceof Error ? (error.message.split('\n')[0] ?? '').replaceAll(file.path, file.name) : '',
      cause: error,
    });
  }
}

/** The columns with their types in the database, where all files have the same; whole numbers of several widths are the widest. */
async function sameTypes(database: Database, files: readonly ParquetFile[]): Promise<ReadonlyMap<string, string>> {
  let known: Map<string, string> | undefined;
  for (const file of files) {
    const described = await database.rows<{ column_name: string; column_type: string }>(
      sql`DESCRIBE FROM read_parquet(${file.path})`,
    );
    const own = new Map(described.map(({ column_name, column_type }) => [column_name, column_type]));
    if (known === undefined) {
      known = own;
      continue;
    }
    for (const column of new Set([...known.keys(), ...own.keys()])) {
      const [former, type] = [known.get(column), own.get(column)];
      if (former === type || (former !== undefined && type !== undefined && isWhole(former) && isWhole(type))) continue;
      throw new UserError(
        `${file.name} and ${files[0]?.name} differ in the column "${column}", and both are to be one table`,
        {
          where: { file: file.name, column },
          expected: former ?? 'no such column',
          actual: type ?? 'no such column',
          remedy: 'narrow the pattern to files of one shape, or write them with one schema',
        },
      );
    }
  }
  return known ?? new Map();
}

function isWhole(type: string): boolean {
  return /^U?(TINY|SMALL|BIG)?INT(EGER)?$/.test(type);
}
