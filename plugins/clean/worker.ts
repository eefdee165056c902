import { openTable, withDatabase, writeTable } from '@trainyard/tables';
import { implement } from '../../worker/index.js';
import { applyRules } from './apply-rules.js';
import { concatTables } from './concat-tables.js';
import { cleanTable, concat } from './contract.js';
import { cleanPage } from './page.js';

export const cleanTableNode = implement(cleanTable, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const columns = await openTable(database, 'input', inputs.table);
    const { cleaned, figures } = await applyRules(database, 'input', columns, params.rules);
    return {
      table: await writeTable(database, cleaned, ctx.scratch),
      report: {
        value: figures,
        files: { 'report.html': cleanPage(figures), 'report.json': JSON.stringify(figures) },
      },
    };
  }),
);

export const concatNode = implement(concat, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const { query, dropped } = await concatTables(database, inputs.tables, params.duplicates);
    if (dropped > 0) ctx.log(`${dropped} rows left out: another row has their identity`);
    return writeTable(database, query, ctx.scratch);
  }),
);
