import { UserError } from '../../core/index.js';
import { id, openTable, requireColumn, sql, withDatabase } from '@trainyard/tables';
import { implement } from '../../worker/index.js';
import { bindRows } from './bind-rows.js';
import { requireIdentity } from './check.js';
import { givenSplit } from './contract.js';
import { makePlaces } from './deal.js';
import { NTH, PART } from './inner.js';
import { figuresOf } from './leaks/index.js';
import { splitPage } from './page.js';
import { reportFiles } from './report-files.js';
import { countUnused, writePart } from './write.js';

export const givenSplitNode = implement(givenSplit, async ({ params, inputs, ctx }) => {
  const { column, train, validation, test, others } = params;
  refuseTwice(params);
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const columns = await openTable(database, 'rows', inputs.table);
    requireIdentity(columns);
    requireColumn(columns, column, 'column');
    const value = sql`${id(column)}::VARCHAR`;
    const part = sql`CASE WHEN list_contains(${train}, ${value}) THEN 'train'
      WHEN list_contains(${validation}, ${value}) THEN 'validation'
      WHEN list_contains(${test}, ${value}) THEN 'test' ELSE 'other' END`;
    await makePlaces(database, sql`SELECT row_number() OVER () AS ${NTH}, ${part} AS ${PART} FROM rows`, false);
    const unused = await countUnused(database);
    if (unused.other > 0 && others === 'refuse') {
      const found = await database.rows<{ value: string | null; n: number }>(
        sql`SELECT ${value} AS value, count(*) AS n FROM rows GROUP BY 1
            HAVING NOT coalesce(list_contains(${[...train, ...validation, ...test]}, value), FALSE) ORDER BY n DESC, value LIMIT 5`,
      );
      throw new UserError(`${unused.other} rows name no part in column "${column}"`, {
        where: { port: 'table', column },
        expected: `one of ${[...train, ...validation, ...test].join(', ')}`,
        actual: found.map((one) => `${one.value ?? 'missing'} (${one.n} rows)`).join(', '),
        remedy: "name these values for a part, or pass others: 'leave out'",
      });
    }
    const together = await bindRows(database, columns, { equal: 'apart' });
    const asked = { parts: [], advice: 'the column says so' };
    const figures = { ...(await figuresOf(database, columns, asked, together)), unused };
    if (figures.rows.train === 0)
      throw new UserError(`no row is given to the train part by column "${column}"`, {
        where: { port: 'table', column },
        expected: `rows with ${train.join(' or ')}`,
      });
    return {
      train: await writePart(database, ['train'], ctx.scratch, 'train'),
      validation: await writePart(database, ['validation'], ctx.scratch, 'validation'),
      test: await writePart(database, ['test'], ctx.scratch, 'test'),
      unused: await writePart(database, ['other'], ctx.scratch, 'unused'),
      leaks: { value: figures, files: reportFiles(splitPage(figures, `dealt as column ${column} says`), figures) },
    };
  });
});

/** Throws a UserError for a value that is named for two parts. */
function refuseTwice(params: {
  train: readonly string[];
  validation: readonly string[];
  test: readonly string[];
}): void {
  const seen = new Map<string, string>();
  for (const part of ['train', 'validation', 'test'] as const)
    for (const value of params[part]) {
      const before = seen.get(value);
      if (before !== undefined && before !== part)
        throw new UserError(`the value ${JSON.stringify(value)} is named for ${before} and for ${part}`, {
          where: { field: part },
          expected: 'each value for one part',
        });
      seen.set(value, part);
    }
}
