import type { InputArtifact } from '../../worker/index.js';
import { UserError } from '../../core/index.js';
import {
  carriedRules,
  id,
  inner,
  join,
  openTable,
  ROW_ID,
  sql,
  type CarriedRule,
  type Column,
  type Database,
  type Sql,
} from '@trainyard/tables';
import { rowRule, rulesToSql } from '@trainyard/transforms';

const [FROM, NTH, RANK] = [inner('which table'), inner('place'), inner('rank of the identity')];

/**
 * A query for the rows of all tables, one table after the other, with the columns of the first. A table that was cleaned by
 * fewer rules than another goes through the rest of them, as a request would. Throws a UserError when the columns of the tables differ, when they
 * were cleaned by rules of which none is the beginning of the other, or when rows share an identity and `duplicates` is `stop`.
 */
export async function concatTables(
  database: Database,
  tables: readonly InputArtifact[],
  duplicates: 'first' | 'last' | 'stop',
): Promise<{ query: Sql; dropped: number; rules: readonly CarriedRule[] }> {
  const [first, ...others] = tables;
  if (!first) throw new UserError('there are no tables to put together', { where: { port: 'tables' } });
  const rules = longestRules(tables.map((table) => carriedRules(table)));
  let columns: readonly Column[] | undefined;
  const all: Sql[] = [];
  for (const [index, table] of [first, ...others].entries()) {
    const name = `table${index}`;
    const opened = await openTable(database, name, table);
    const rest = rules.slice(carriedRules(table).length).map((rule) => rowRule.parse(rule));
    const through = rulesToSql(rest, opened);
    await database.define(through.functions);
    columns ??= through.columns;
    sameColumns(columns, through.columns, index);
    const cells = join(columns.map((column) => id(column.name)));
    all.push(
      sql`SELECT ${cells}, ${BigInt(index)} AS ${FROM}, row_number() OVER () AS ${NTH} FROM (${through.query(id(name))})`,
    );
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
  return { query, dropped: doubled.length, rules };
}

/** The rules that all tables have gone through when the rest of them is applied to those that lack it. */
function longestRules(carried: readonly (readonly CarriedRule[])[]): readonly CarriedRule[] {
  const longest = carried.reduce((most, rules) => (rules.length > most.length ? rules : most), []);
  const text = longest.map((rule) => JSON.stringify(rule));
  for (const [index, rules] of carried.entries()) {
    if (rules.every((rule, i) => JSON.stringify(rule) === text[i])) continue;
    const said = (list: readonly CarriedRule[]): string => list.map(({ rule }) => rule).join(', ') || 'none';
    throw new UserError(`table ${index + 1} was cleaned by other rules than another table`, {
      where: { port: 'tables' },
      expected: `the rules ${said(longest)}, or the first of them`,
      actual: said(rules),
      remedy: 'clean all of them by the same rules: put them together before they are cleaned',
    });
  }
  return longest;
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
