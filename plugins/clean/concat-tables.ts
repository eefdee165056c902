import type { InputArtifact } from '../../worker/index.js';
import { UserError } from '../../core/index.js';
import { id, join, openTable, ROW_ID, sql, type Column, type Database, type Sql } from '@trainyard/tables';

const [FROM, NTH, RANK] = [id('which table'), id('place in the table'), id('rank of the identity')];

/**
 * A query for the rows of all tables, one table after the other, with the columns of the first. Throws a UserError
 * when their columns differ, or rows share an identity and `duplicates` is `stop`.
 */
export async function concatTables(
  database: Database,
  tables: readonly InputArtifact[],
  duplicates: 'first' | 'last' | 'stop',
): Promise<{ query: Sql; dropped: number }> {
  const [first, ...others] = tables;
  if (!first) throw new UserError('there are no tables to put together', { where: { port: 'tables' } });
  const columns = await openTable(database, 'table0', first);
  const all: Sql[] = [];
  for (const [index, table] of [first, ...others].entries()) {
    const name = `table${index}`;
    sameColumns(columns, await openTable(database, name, table), index);
    const cells = join(columns.map((column) => id(column.name)));
    all.push(sql`SELECT ${cells}, ${BigInt(index)} AS ${FROM}, row_number() OVER () AS ${NTH} FROM ${id(name)}`);
  }
  const order = duplicates === 'last' ? sql`${FROM} DESC, ${NTH}` : sql`${FROM}, ${NTH}`;
  await database.run(
    sql`CREATE TABLE joined AS SELECT *, row_number() OVER (PARTITION BY ${id(ROW_ID)} ORDER BY ${order}) AS ${RANK}
        FROM (${join(all, ' UNION ALL ')})`,
  );
  const doubled = await database.rows<{ row: string }>(
    sql`SELECT ${id(ROW_ID)} AS row FROM joined WHERE ${RANK} > 1 ORDER BY ${FROM}, ${NTH}`,
  );
  if (duplicates === 'stop' && doubled[0]) {
    throw new UserError(`${doubled.length} rows have the identity of a row before them`, {
      where: { port: 'tables', column: ROW_ID },
      expected: 'each identity once',
      actual:
        doubled
          .slice(0, 5)
          .map(({ row }) => row)
          .join(', ') + (doubled.length > 5 ? ', …' : ''),
      remedy: "pass duplicates: 'first' or 'last' to keep one of them",
    });
  }
  const query = sql`SELECT * EXCLUDE (${FROM}, ${NTH}, ${RANK}) FROM joined WHERE ${RANK} = 1 ORDER BY ${FROM}, ${NTH}`;
  return { query, dropped: doubled.length };
}

function sameColumns(expected: readonly Column[], actual: readonly Column[], index: number): void {
  const types = new Map(actual.map(({ name, type }) => [name, type]));
  const wrong =
    expected.find(({ name, type }) => types.get(name) !== type) ??
    actual.find(({ name }) => !expected.some((column) => column.name === name));
  if (!wrong) return;
  const said = (columns: readonly Column[]): string => columns.map(({ name, type }) => `${name} ${type}`).join(', ');
  throw new UserError(`table ${index + 1} does not have the columns of the first`, {
    where: { port: 'tables', column: wrong.name },
    expected: said(expected),
    actual: said(actual),
    remedy: 'drop, rename or retype columns before, by clean.table',
  });
}
