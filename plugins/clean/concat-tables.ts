import type { InputArtifact } from '../../worker/index.js';
import { UserError } from '../../core/index.js';
import {
  carriedRules,
  emptyColumns,
  emptyOf,
  heldAs,
  id,
  inner,
  join,
  openTable,
  ROW_ID,
  sql,
  type CarriedRule,
  type Column,
  type ColumnType,
  type Database,
  type Sql,
} from '@trainyard/tables';
import { rowRule, rulesToSql } from '@trainyard/transforms';

const [FROM, NTH, RANK] = [inner('which table'), inner('place'), inner('rank of the identity')];

/**
 * A query for the rows of all tables, one table after the other, with the columns of the first. Whole numbers beside
 * numbers become numbers, days beside times times; a column without a value in a table takes the others' type. A table
 * that was cleaned by fewer rules than another goes through the rest of them, as a request would. Throws a UserError when
 * columns differ otherwise, when tables were cleaned by rules of which none is the beginning of the other, or when rows
 * share an identity and `duplicates` is `stop`.
 */
export async function concatTables(
  database: Database,
  tables: readonly InputArtifact[],
  duplicates: 'first' | 'last' | 'stop',
): Promise<{ query: Sql; dropped: number; rules: readonly CarriedRule[] }> {
  const rules = longestRules(tables.map((table) => carriedRules(table)));
  const opened: Opened[] = [];
  for (const [index, table] of tables.entries()) {
    const name = `table${index}`;
    const columns = await openTable(database, name, table);
    const rest = rules.slice(carriedRules(table).length).map((rule) => rowRule.parse(rule));
    const through = rulesToSql(rest, columns);
    await database.define(through.functions);
    opened.push({ from: sql`(${through.query(id(name))})`, columns: through.columns });
  }
  const [first] = opened;
  if (!first) throw new UserError('there are no tables to put together', { where: { port: 'tables' } });
  opened.forEach((one, index) => sameNames(first, one, index));
  const types = await commonTypes(database, opened);
  const all = opened.map(({ from, columns }, index) => {
    const cells = first.columns.map((column) => {
      const type = types.get(column.name) ?? column.type;
      const own = columns.find((one) => one.name === column.name) ?? column;
      return sql`${heldAs(own, type) ?? emptyOf(type)} AS ${id(column.name)}`;
    });
    return sql`SELECT ${join(cells)}, ${BigInt(index)} AS ${FROM}, row_number() OVER () AS ${NTH} FROM ${from}`;
  });
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

/** A table, taken through the rules that it lacked. */
interface Opened {
  readonly from: Sql;
  readonly columns: readonly Column[];
}

/** The type of each column over all tables. Throws a UserError, with the tables, for one whose types have none in common. */
async function commonTypes(database: Database, tables: readonly Opened[]): Promise<Map<string, ColumnType>> {
  const names = tables[0]?.columns.map(({ name }) => name) ?? [];
  const typeIn = ({ columns }: Opened, name: string): ColumnType =>
    columns.find((column) => column.name === name)?.type ?? 'text';
  const mixed = names.filter((name) => new Set(tables.map((table) => typeIn(table, name))).size > 1);
  const empty = await Promise.all(tables.map(({ from }) => emptyColumns(database, from, mixed)));
  const common = new Map<string, ColumnType>();
  for (const name of mixed) {
    const filled = tables.filter((_, index) => !empty[index]?.has(name));
    const types = new Set(filled.map((table) => typeIn(table, name)));
    if (types.size === 0) continue;
    // Text would hold them all, and hide that the tables differ.
    const holder = [...types].find(
      (type) => types.size === 1 || (type !== 'text' && [...types].every((one) => heldAs({ name, type: one }, type))),
    );
    if (holder === undefined) throw otherTypes(name, tables, typeIn);
    common.set(name, holder);
  }
  return common;
}

function otherTypes(
  name: string,
  tables: readonly Opened[],
  typeIn: (table: Opened, name: string) => ColumnType,
): UserError {
  const said = tables.map((table, index) => `table ${index + 1}: ${typeIn(table, name)}`);
  return new UserError(`the tables hold different things in column "${name}"`, {
    where: { port: 'tables', column: name },
    expected: 'one type in all tables; whole numbers may stand beside numbers, days beside times',
    actual: said.slice(0, 12).join(', ') + (said.length > 12 ? ', …' : ''),
    remedy: 'retype the column before, by clean.table, or give the sources one schema',
  });
}

function sameNames(first: Opened, table: Opened, index: number): void {
  const has = ({ columns }: Opened, name: string): boolean => columns.some((column) => column.name === name);
  const wrong =
    first.columns.find(({ name }) => !has(table, name)) ?? table.columns.find(({ name }) => !has(first, name));
  if (!wrong) return;
  const said = ({ columns }: Opened): string => columns.map(({ name, type }) => `${name} ${type}`).join(', ');
  throw new UserError(`table ${index + 1} does not have the columns of the first`, {
    where: { port: 'tables', column: wrong.name },
    expected: said(first),
    actual: said(table),
    remedy: 'drop or rename columns before, by clean.table',
  });
}
