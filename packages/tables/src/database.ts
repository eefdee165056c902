import './exact-text.js';
import { DuckDBInstance, JSDuckDBValueConverter, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';
import { TrainyardError, UserError } from '@trainyard/errors';
import { append } from './append.js';
import type { CarriedRule } from './carried.js';
import { columnBatch, type ColumnBatch } from './column-batch.js';
import { scalarFunction } from './functions.js';
import { cellOf, columnType, DUCKDB_TYPES, type Column, type TableRow, type TableValue } from './rows.js';
import type { ColumnType } from './schema.js';
import { id, join, sql, Sql } from './sql.js';
import type { SqlFunction } from './sql-function.js';

export interface DatabaseOptions {
  /** Most memory for tables, such as `'1GB'`; what does not fit goes to `scratch`. Default `'1GB'`. */
  readonly memory?: string;
  /** Default 1, which also keeps rows in order and sums the same on every machine. */
  readonly threads?: number;
  /** Folder for what does not fit into memory; without it nothing is written and a query that needs it fails. */
  readonly scratch?: string;
}

/** Rows of one Parquet row group: large enough for compression, small enough to stream. */
const ROW_GROUP = 122_880;

/** Bytes of the least that a table in memory takes for a column: of the usual 256 KiB, 4,000 columns are a gigabyte, whatever their rows. */
const BLOCK = 16_384;

/** The encodings of Parquet's second version leave so little to zstd that its first level is as small as the usual, third one. */
const PACKED = sql`PARQUET_VERSION V2, COMPRESSION zstd, COMPRESSION_LEVEL 1, WRITE_BLOOM_FILTER false`;

/**
 * A DuckDB database in this process and in memory. Queries are `Sql`, so that text from outside is always quoted.
 * Close it when done, or use `withDatabase`.
 */
export class Database {
  /** Connections that no query uses now, and those that one does: two streams on one would cut each other short. */
  private readonly idle: DuckDBConnection[] = [];
  private readonly busy = new Set<DuckDBConnection>();
  private readonly defined = new Set<string>();
  /** The rules that each table which was opened here carries. */
  readonly carried: (readonly CarriedRule[])[] = [];

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly threads: number,
  ) {}

  static async open(options: DatabaseOptions = {}): Promise<Database> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(options.threads ?? 1),
      memory_limit: options.memory ?? '1GB',
      temp_directory: options.scratch ?? '',
      default_block_size: String(BLOCK),
      preserve_insertion_order: 'true',
      // Nothing is ever fetched from outside because a query names it.
      autoinstall_known_extensions: 'false',
    });
    return new Database(instance, options.threads ?? 1);
  }

  /** Gives `use` a connection of its own. One that failed, or was left in the middle of a stream, is not used again. */
  private async connected<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.take();
    let whole = false;
    try {
      const result = await use(connection);
      whole = true;
      return result;
    } catch (error) {
      throw outOfMemory(error) ?? error;
    } finally {
      this.give(connection, whole);
    }
  }

  private async take(): Promise<DuckDBConnection> {
    let connection = this.idle.pop();
    if (!connection) {
      connection = await this.instance.connect();
      await connection.run(`SET TimeZone = 'UTC'`);
    }
    this.busy.add(connection);
    return connection;
  }

  private give(connection: DuckDBConnection, whole: boolean): void {
    this.busy.delete(connection);
    if (whole) this.idle.push(connection);
    else connection.closeSync();
  }

  /** Makes functions known to all queries from now on; one of a name that was defined before is left as it is. */
  async define(functions: Iterable<SqlFunction>): Promise<void> {
    const given = [...functions].filter(({ name }) => !this.defined.has(name));
    if (given.length === 0) return;
    await this.connected(async (connection) => {
      for (const one of given) {
        connection.registerScalarFunction(scalarFunction(one));
        this.defined.add(one.name);
      }
    });
  }

  /** Runs a statement for its effect on the database. */
  async run(statement: Sql): Promise<void> {
    await this.connected((connection) => connection.run(statement.text));
  }

  /** All rows of a query. `Row` is what its author knows the query to give. */
  async rows<Row extends object = TableRow>(query: Sql): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const batch of this.batches<Row>(query)) rows.push(...batch);
    return rows;
  }

  /** The rows of a query in batches of up to 2,048, as they are computed: for tables that do not fit into memory. */
  async *batches<Row extends object = TableRow>(query: Sql): AsyncGenerator<Row[]> {
    for await (const { chunk, names, types } of this.chunks(query))
      yield chunk
        .convertRows(JSDuckDBValueConverter)
        .map((values) => Object.fromEntries(names.map((name, i) => [name, cellOf(values[i], types[i])])) as Row);
  }

  /** The same column by column: DOUBLE columns as numbers, many times faster than as rows. */
  async *columnBatches(query: Sql): AsyncGenerator<ColumnBatch> {
    for await (const { chunk, types } of this.chunks(query)) yield columnBatch(chunk, types);
  }

  private async *chunks(query: Sql): AsyncGenerator<{
    readonly chunk: DuckDBDataChunk;
    readonly names: readonly string[];
    readonly types: readonly (ColumnType | undefined)[];
  }> {
    const connection = await this.take();
    let whole = false;
    try {
      const result = await connection.stream(query.text);
      const names = result.columnNames();
      const types = result.columnTypes().map((type) => columnType(String(type)));
      for (;;) {
        const chunk = await result.fetchChunk();
        if (!chunk || chunk.rowCount === 0) break;
        yield { chunk, names, types };
      }
      whole = true;
    } catch (error) {
      throw outOfMemory(error) ?? error;
    } finally {
      this.give(connection, whole);
    }
  }

  /** The one row of a query that gives exactly one, such as an aggregate. */
  async row<Row extends object = TableRow>(query: Sql): Promise<Row> {
    const [first, ...more] = await this.rows<Row>(query);
    if (first === undefined || more.length > 0) throw new Error(`the query gave ${more.length + 1} rows, not one`);
    return first;
  }

  /** The columns that a query gives. Throws a UserError for a column of a type that tables do not hold. */
  async columns(query: Sql): Promise<Column[]> {
    const described = await this.rows<{ column_name: string; column_type: string }>(sql`DESCRIBE ${query}`);
    return described.map(({ column_name: name, column_type: duckdbType }) => {
      const type = columnType(duckdbType);
      if (type !== undefined) return { name, type };
      throw new UserError(`column "${name}" is of a type that a table does not hold`, {
        where: { column: name },
        expected: 'numbers, integers, text, booleans, dates or timestamps',
        actual: duckdbType,
      });
    });
  }

  /** Makes Parquet files readable as one table under a name, in the order given. */
  async view(name: string, paths: string | readonly string[]): Promise<Column[]> {
    const files = typeof paths === 'string' ? [paths] : paths;
    await this.run(sql`CREATE OR REPLACE VIEW ${id(name)} AS SELECT * FROM read_parquet(${files})`);
    return this.columns(sql`FROM ${id(name)}`);
  }

  /**
   * Writes what a query gives to a Parquet file, in the query's order and in a table's own types. The same rows give
   * the same bytes for any number of threads, given the same version of DuckDB; a query that leaves rows out and does not order
   * them has to say so (`filtered`), since its row groups follow the threads: one thread writes it.
   */
  async write(query: Sql, path: string, { filtered = false } = {}): Promise<TableValue> {
    const columns = await this.columns(query);
    const cast = columns.map(({ name, type }) => sql`${id(name)}::${Sql.of(DUCKDB_TYPES[type])} AS ${id(name)}`);
    const threads = (count: number): Promise<void> => this.run(sql`SET threads = ${Sql.of(String(count))}`);
    const alone = filtered && this.threads > 1;
    if (alone) await threads(1);
    try {
      await this.run(
        sql`COPY (SELECT ${join(cast)} FROM (${query})) TO ${path}
            (FORMAT parquet, ${PACKED}, ROW_GROUP_SIZE ${Sql.of(String(ROW_GROUP))})`,
      );
    } finally {
      if (alone) await threads(this.threads);
    }
    const { rows } = await this.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM read_parquet(${path})`);
    return { rows, columns };
  }

  /** Makes a table of rows, for those that come from code. Cells that a row lacks are missing. */
  async insert(name: string, columns: readonly Column[], rows: Iterable<TableRow>): Promise<void> {
    const defined = columns.map((column) => sql`${id(column.name)} ${Sql.of(DUCKDB_TYPES[column.type])}`);
    await this.run(sql`CREATE OR REPLACE TABLE ${id(name)} (${join(defined)})`);
    await this.connected(async (connection) => {
      const appender = await connection.createAppender(name);
      try {
        for (const row of rows) {
          for (const column of columns) append(appender, column, row[column.name]);
          appender.endRow();
        }
        appender.flushSync();
      } finally {
        appender.closeSync();
      }
    });
  }

  /** Stops the queries that run now; they throw. */
  interrupt(): void {
    for (const connection of this.busy) connection.interrupt();
  }

  close(): void {
    for (const connection of [...this.busy, ...this.idle]) connection.closeSync();
    this.instance.closeSync();
  }
}

/** Milliseconds between attempts to stop a query: one that is just about to start does not notice the first. */
const AGAIN_MS = 50;

/** Opens a database, gives it to `use` and closes it, whatever happens; an aborted signal stops its queries. */
export async function withDatabase<T>(
  options: DatabaseOptions & { readonly signal?: AbortSignal },
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const { signal } = options;
  const database = await Database.open(options);
  let stopping: NodeJS.Timeout | undefined;
  const stop = (): void => {
    database.interrupt();
    stopping ??= setInterval(() => database.interrupt(), AGAIN_MS);
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    return await use(database);
  } finally {
    signal?.removeEventListener('abort', stop);
    clearInterval(stopping);
    database.close();
  }
}

/** The database's own limit, as the error that a person knows. */
function outOfMemory(error: unknown): TrainyardError | undefined {
  if (!/^(Error: )?Out of Memory Error/.test(String(error))) return undefined;
  return new TrainyardError('TY-NODE-MEMORY', {
    what: 'the tables of a node do not fit into the memory that it gives them',
    actual: String(error)
      .split('\n')[0]
      ?.replace(/^(Error: )?Out of Memory Error: /, ''),
    remedy: 'give it less data: fewer columns, or fewer rows at a time',
    cause: error,
  });
}
