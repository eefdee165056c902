import type { InputArtifact } from '../../worker/index.js';
import { UserError } from '../../core/index.js';
import {
  emptyColumns,
  emptyOf,
  heldAs,
  id,
  inner,
  join,
  openTable,
  ROW_ID,
  sql,
  type Column,
  type ColumnType,
  type Database,
  type Sql,
} from '@trainyard/tables';

const [FROM, NTH, RANK] = [inner('which table'), inner('place in the table'), inner('rank of the identity')];

/**
 * A query for the rows of all tables, one table after the other, with the columns of the first. Whole numbers beside
 * numbers become numbers, days beside times times; a column without a value in a table, or a table without rows, takes the others' type. Throws a
 * UserError when columns differ otherwise, or rows share an identity and `duplicates` is `stop`.
 */
export async function concatTables(
  database: Database,
  tables: readonly InputArtifact[],
  duplicates: 'first' | 'last' | 'stop',
): Promise<{ query: Sql; dropped: number }> {
  const opened: Opened[] = [];
  for (const [index, table] of tables.entries()) {
    const name = `table${index}`;
    opened.push({ name, columns: await openTable(database, name, table) });
  }
  const [first] = opened;
  if (!first) throw new UserError('there are no tables to put together', { where: { port: 'tables' } });
  opened.forEach((one, index) => sameNames(first, one, index));
  const types = await commonTypes(database, opened);
  const all = opened.map(({ name, columns }, index) => {
    const cells = first.columns.map((column) => {
      const type = types.get(column.name) ?? column.type;
      const own = columns.find((one) => one.name === column.name) ?? column;
      return sql`${heldAs(own, type) ?? emptyOf(type)} AS ${id(column.name)}`;
    });
    return sql`SELECT ${join(cells)}, ${BigInt(index)} AS ${FROM}, row_number() OVER () AS ${NTH} FROM ${id(name)}`;
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
  return { query, dropped: doubled.length };
}

interface Opened {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** The type of each column over all tables. Throws a UserError, with the tables, for one whose types have none in common. */
async function commonTypes(database: Database, tables: readonly Opened[]): Promise<Map<string, ColumnType>> {
  const names = tables[0]?.columns.map(({ name }) => name) ?? [];
  const typeIn = ({ columns }: Opened, name: string): ColumnType =>
    columns.find((column) => column.name === name)?.type ?? 'text';
  const mixed = names.filter((name) => new Set(tables.map((table) => typeIn(table, name))).size > 1);
  const empty = await Promise.all(tables.map(({ name }) => emptyColumns(database, id(name), mixed)));
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
