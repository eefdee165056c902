import { checkTable as runChecks } from '@trainyard/checks/run';
import { rulesOf } from '@trainyard/checks';
import { id, openTable, TABLE_FILE, withDatabase } from '@trainyard/tables';
import { UserError } from '../../core/index.js';
import { implement } from '../../worker/index.js';
import { broughtKinds } from './brought.js';
import { checkTable, moment, schema } from './contract.js';
import { columnFacts } from './infer/facts.js';
import { schemaText } from './infer/text.js';
import { checkPage } from './page.js';
import { notPassed } from './stop.js';

export const momentNode = implement(moment, () => ({ value: { at: new Date().toISOString() } }));

export const checkTableNode = implement(checkTable, ({ params, inputs, ctx }) => {
  const { contract, names, serving, otherwise } = params;
  if (names.length !== inputs.others.length)
    throw new UserError(`check.table was given ${inputs.others.length} other tables and ${names.length} names`, {
      where: { field: 'names' },
    });
  return withDatabase({ scratch: ctx.scratch, threads: ctx.threads, signal: ctx.signal }, async (database) => {
    const open = async (name: string, artifact: (typeof inputs)['table']) => ({
      from: id(name),
      columns: await openTable(database, name, artifact),
      path: await artifact.path(TABLE_FILE),
    });
    const others = await Promise.all(inputs.others.map((one, i) => open(`other ${i}`, one)));
    const figures = await runChecks(database, await open('data', inputs.table), rulesOf(contract), {
      others: new Map(names.map((name, i) => [name, others[i]!])),
      at: inputs.moment?.value.at,
      mayBeAbsent: serving ? contract.labels : [],
      kinds: await broughtKinds(contract),
      scratch: ctx.scratch,
      threads: ctx.threads,
      signal: ctx.signal,
    });
    const stop = otherwise === 'stop' ? notPassed(figures) : undefined;
    if (stop) throw stop;
    return {
      value: figures,
      files: { 'report.html': checkPage(figures), 'report.json': JSON.stringify(figures) },
    };
  });
});

export const schemaNode = implement(schema, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, threads: ctx.threads, signal: ctx.signal }, async (database) => {
    const columns = await openTable(database, 'data', inputs.table);
    const { rows, facts } = await columnFacts(database, id('data'), columns, params.most);
    const text = schemaText(params.name, rows, facts);
    return {
      value: { rows, columns: facts.length, schema: text.schema },
      files: { 'schema.ts': text.source },
    };
  }),
);
