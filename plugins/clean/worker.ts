import { availableParallelism } from 'node:os';
import {
  carriedRules,
  openTable,
  sql,
  TABLE_FILE,
  withDatabase,
  writeQuarantine,
  writeTable,
  type Column,
  type Sql,
} from '@trainyard/tables';
import { isRowRule } from '@trainyard/transforms';
import { implement, type InputArtifact, type NodeContext } from '../../worker/index.js';
import { concatTables } from './concat-tables.js';
import { applyFitted, cleanTable, concat, fitCleaning } from './contract.js';
import { fitRules } from './learnt/fit.js';
import { beforeAndAfter, missingCells } from './missing.js';
import { cleanPage } from './page.js';
import { applyRules } from './passes.js';
import { NTH } from './place.js';
import { rule, type Rule } from './rules.js';

export const cleanTableNode = implement(cleanTable, ({ params, inputs, ctx }) =>
  cleaned(inputs.table, params.rules, ctx),
);

export const applyFittedNode = implement(applyFitted, ({ inputs, ctx }) =>
  cleaned(
    inputs.table,
    inputs.cleaning.value.rules.map((one) => rule.parse(one)),
    ctx,
  ),
);

/** What does not fit into it when rows are put in order goes to the disk. */
const MEMORY = '800MB';

/** The table after the rules, the rows that they dropped, and what they did. */
function cleaned(table: InputArtifact, rules: readonly Rule[], ctx: Pick<NodeContext, 'scratch' | 'signal'>) {
  // Counts do not depend on threads, nor do the bytes of what is ordered or whole.
  const options = { scratch: ctx.scratch, signal: ctx.signal, threads: availableParallelism(), memory: MEMORY };
  return withDatabase(options, async (database) => {
    const columns = await openTable(database, 'input', table);
    const before = await missingCells(database, await table.path(TABLE_FILE), columns);
    const from = await numbered(table, columns);
    const { query, dropped, carried, ...done } = await applyRules(database, from, columns, rules, before.rows);
    const written = await writeTable(database, query, ctx.scratch, 'table', {
      rules: [...carriedRules(table), ...carried],
      filtered: rules.every(isRowRule) && done.figures.rows.after < before.rows,
    });
    const after = await missingCells(database, written.files[TABLE_FILE].path, written.value.columns);
    const figures = { ...done.figures, missing: beforeAndAfter(before, after) };
    return {
      table: written,
      quarantine: await writeQuarantine(database, dropped, figures.rows.before, ctx.scratch),
      report: {
        value: figures,
        files: { 'report.html': cleanPage(figures), 'report.json': JSON.stringify(figures) },
      },
    };
  });
}

/** The rows of a table with their places, from 1, as the file has them. */
async function numbered(table: InputArtifact, columns: readonly Column[]): Promise<Sql> {
  const path = await table.path(TABLE_FILE);
  // A column of that name would be taken for the place.
  if (columns.some(({ name }) => name.toLowerCase() === 'file_row_number'))
    return sql`(SELECT *, row_number() OVER () AS ${NTH} FROM input)`;
  return sql`(SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS ${NTH} FROM read_parquet(${path}, file_row_number = true))`;
}

export const fitCleaningNode = implement(fitCleaning, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const columns = await openTable(database, 'input', inputs.train);
    const from = await numbered(inputs.train, columns);
    return { value: await fitRules(database, from, columns, params.rules, { seed: ctx.seed, sample: params.sample }) };
  }),
);

export const concatNode = implement(concat, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const { query, dropped, rules } = await concatTables(database, inputs.tables, params.duplicates);
    if (dropped > 0) ctx.log(`${dropped} rows left out: another row has their identity`);
    return writeTable(database, query, ctx.scratch, 'table', { rules });
  }),
);
