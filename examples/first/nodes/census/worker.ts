import { id, openTable, requireColumn, sql, withDatabase } from 'trainyard/tables';
import { implement } from 'trainyard/worker';
import { census } from './index.js';

/** The implementation: runs in a worker. Tables are relations in DuckDB, so they may be larger than memory. */
export const censusNode = implement(census, ({ params, inputs, ctx }) =>
  withDatabase(ctx, async (database) => {
    const columns = await openTable(database, 'birds', inputs.table);
    requireColumn(columns, params.by, 'by');
    const rows = await database.rows<{ name: string; birds: number }>(
      sql`SELECT coalesce(${id(params.by)}::VARCHAR, '(missing)') AS name, count(*) AS birds FROM birds GROUP BY 1 ORDER BY 1`,
    );
    return { value: { counts: Object.fromEntries(rows.map(({ name, birds }) => [name, birds])) } };
  }),
);
