import { sql, withDatabase } from '@trainyard/tables';
import { DidNotRun, type WrittenCheck } from './rule-kind.js';
import { selectOnly } from './select-only.js';

/** The files of a table, by the name that a query has for it. */
export type TableFiles = ReadonlyMap<string, string>;

export interface WrittenFound {
  readonly failing: number;
  readonly examples: readonly { readonly place: null; readonly row: string | null; readonly text: string }[];
}

/**
 * Runs a query that its author wrote, in a database of its own that can read the named tables and nothing else. Throws
 * `DidNotRun` for a query that is refused, that fails, or that takes too long.
 */
export async function runWritten(
  { query, limitMs }: WrittenCheck,
  tables: TableFiles,
  options: { readonly scratch?: string; readonly threads?: number; readonly signal?: AbortSignal },
): Promise<WrittenFound> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limitMs);
  const signal = options.signal ? AbortSignal.any([options.signal, late.signal]) : late.signal;
  try {
    return await withDatabase({ ...options, signal }, async (database) => {
      for (const [name, path] of tables) await database.view(name, path);
      await database.run(sql`SET allowed_paths = ${[...tables.values()]}`);
      await database.run(sql`SET enable_external_access = false`);
      const safe = await selectOnly(database, query, [...tables.keys()]);
      const columns = await database.rows<{ column_name: string }>(sql`DESCRIBE ${safe}`);
      const hasRow = columns.some(({ column_name: name }) => name === '_row');
      const rows = await database.rows<{ failing: number; row: string | null; text: string }>(
        sql`SELECT count(*) OVER () AS failing, ${hasRow ? sql`given."_row"::VARCHAR` : sql`NULL::VARCHAR`} AS "row",
                   to_json(given)::VARCHAR AS text FROM (${safe}) AS given ORDER BY text LIMIT 5`,
      );
      const examples = rows.map(({ row, text }) => ({ place: null, row, text }));
      return { failing: rows[0]?.failing ?? 0, examples };
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (late.signal.aborted) throw new DidNotRun(`the query took longer than ${limitMs / 1000} s`);
    if (error instanceof DidNotRun) throw error;
    throw new DidNotRun(
      `the query failed: ${String(error)
        .split('\n')[0]
        ?.replace(/^Error: /, '')}`,
    );
  } finally {
    clearTimeout(timer);
  }
}
