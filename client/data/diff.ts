import { TrainyardError } from '@trainyard/errors';
import { dataColumns, id, inner, join, ROW_ID, sql, type Column, type Database, type Sql } from '@trainyard/tables';
import { cellsOf, type OpenVersion } from './open-versions.js';

/** Rows that are shown of each sort, and changed cells. */
const EXAMPLES = 5;

/** What became of the columns of a data set. */
export interface ColumnChanges {
  readonly added: readonly Column[];
  readonly removed: readonly Column[];
  readonly retyped: readonly { readonly name: string; readonly before: string; readonly after: string }[];
}

/** A row of one version alone, as JSON. */
export interface LoneRow {
  readonly key: string;
  readonly row: string;
}

export interface ChangedCell {
  readonly key: string;
  readonly column: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What one version has that the other has not, row by row. */
export interface DataDiff {
  readonly before: string;
  readonly after: string;
  /** What rows are known by: columns, or `_row`, their identity. */
  readonly by: readonly string[];
  readonly rows: {
    readonly before: number;
    readonly after: number;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
    readonly same: number;
  };
  readonly columns: ColumnChanges;
  /** Rows whose cell of a column has changed, for columns of both versions; those without are left out. */
  readonly cells: readonly { readonly column: string; readonly changed: number }[];
  readonly examples: {
    readonly added: readonly LoneRow[];
    readonly removed: readonly LoneRow[];
    readonly changed: readonly ChangedCell[];
  };
  /** What to know about the comparison. */
  readonly notes: readonly string[];
}

/**
 * Compares two versions of a data set, row by row, by the columns of `key` or, without them, by the identity of rows.
 * One join in the database, which goes to its scratch folder where memory does not hold it. Missing equals missing and NaN
 * equals NaN. Throws TY-USAGE where the key does not identify the rows of a version.
 */
export async function diffVersions(
  database: Database,
  a: OpenVersion,
  b: OpenVersion,
  key: readonly string[] = [],
): Promise<DataDiff> {
  const by = key.length === 0 ? [ROW_ID] : key;
  for (const one of [a, b]) await requireKey(database, one, by);
  const columns = columnChanges(a, b);
  const shared = dataColumns(b.columns).filter(
    ({ name, type }) => !by.includes(name) && a.columns.some((one) => one.name === name && one.type === type),
  );
  await joinVersions(database, a, b, by, shared);
  const differs = shared.map(({ name }) => sql`${before(name)} IS DISTINCT FROM ${after(name)}`);
  const changed = differs.length === 0 ? sql`false` : sql`(${join(differs, ' OR ')})`;
  const counts = await database.row<Record<string, number>>(
    sql`SELECT ${join([
      sql`count(*) FILTER (WHERE ${IN_B} IS NULL) AS removed`,
      sql`count(*) FILTER (WHERE ${IN_A} IS NULL) AS added`,
      sql`count(*) FILTER (WHERE ${BOTH} AND ${changed}) AS changed`,
      sql`count(*) FILTER (WHERE ${BOTH} AND NOT ${changed}) AS same`,
      ...differs.map((one, i) => sql`count(*) FILTER (WHERE ${BOTH} AND ${one}) AS ${id(`c${i}`)}`),
    ])} FROM ${JOINED}`,
  );
  const { removed = 0, added = 0, changed: rowsChanged = 0, same = 0 } = counts;
  const cells = shared
    .map(({ name }, i) => ({ column: name, changed: counts[`c${i}`] ?? 0 }))
    .filter((one) => one.changed > 0)
    .sort((x, y) => y.changed - x.changed || (x.column < y.column ? -1 : 1));
  return {
    before: a.version.name,
    after: b.version.name,
    by,
    rows: {
      before: removed + rowsChanged + same,
      after: added + rowsChanged + same,
      added,
      removed,
      changed: rowsChanged,
      same,
    },
    columns,
    cells,
    examples: {
      added: await loneRows(database, b, by, IN_A),
      removed: await loneRows(database, a, by, IN_B),
      changed: await changedCells(
        database,
        cells.map(({ column }) => column),
      ),
    },
    notes: notesOf(a, b, key, rowsChanged + same),
  };
}

const JOINED = inner('both versions');
const KEY = inner('key');
const [IN_A, IN_B] = [inner('in a'), inner('in b')];
const BOTH = sql`${IN_A} AND ${IN_B}`;
const before = (name: string): Sql => inner(`before ${name}`);
const after = (name: string): Sql => inner(`after ${name}`);

/** The key of a row as one text: the identity itself, or a list in JSON. */
function keyOf(one: OpenVersion, by: readonly string[]): Sql {
  const cells = cellsOf(one, by);
  return cells.length === 1 && cells[0]
    ? sql`${cells[0]}::VARCHAR`
    : sql`to_json([${join(cells.map((cell) => sql`${cell}::VARCHAR`))}])::VARCHAR`;
}

async function joinVersions(
  database: Database,
  a: OpenVersion,
  b: OpenVersion,
  by: readonly string[],
  shared: readonly Column[],
): Promise<void> {
  const side = (one: OpenVersion, is: Sql, cell: (name: string) => Sql): Sql =>
    sql`(SELECT ${join([sql`${keyOf(one, by)} AS ${KEY}`, sql`true AS ${is}`, ...shared.map(({ name }) => sql`${id(name)} AS ${cell(name)}`)])} FROM ${one.from})`;
  await database.run(
    sql`CREATE OR REPLACE VIEW ${JOINED} AS SELECT * FROM ${side(a, IN_A, before)} FULL JOIN ${side(b, IN_B, after)} USING (${KEY})`,
  );
}

async function requireKey(database: Database, one: OpenVersion, by: readonly string[]): Promise<void> {
  const cells = cellsOf(one, by);
  const key = keyOf(one, by);
  const missing = join(
    cells.map((cell) => sql`${cell} IS NULL`),
    ' OR ',
  );
  const bad = await database.rows<{ key: string | null; n: number }>(
    sql`SELECT CASE WHEN ${missing} THEN NULL ELSE ${key} END AS key, count(*) AS n FROM ${one.from}
        GROUP BY 1 HAVING count(*) > 1 OR key IS NULL ORDER BY key NULLS FIRST LIMIT ${BigInt(EXAMPLES)}`,
  );
  if (bad.length === 0) return;
  throw new TrainyardError('TY-USAGE', {
    what: `${by.join(', ')} does not identify the rows of ${one.version.dataset} in version ${one.version.name}`,
    expected: 'a value in each row that no other row has',
    actual: bad
      .map(({ key: said, n }) => (said === null ? `${n} rows without one` : `${JSON.stringify(said)} in ${n} rows`))
      .join('; '),
    remedy: 'name more columns with --key, or leave it out: rows are then compared by their identity',
  });
}

function columnChanges(a: OpenVersion, b: OpenVersion): ColumnChanges {
  const [former, present] = [dataColumns(a.columns), dataColumns(b.columns)];
  const of = (columns: readonly Column[], name: string): Column | undefined => columns.find((one) => one.name === name);
  return {
    added: present.filter(({ name }) => !of(former, name)),
    removed: former.filter(({ name }) => !of(present, name)),
    retyped: present.flatMap(({ name, type }) => {
      const was = of(former, name)?.type;
      return was === undefined || was === type ? [] : [{ name, before: was, after: type }];
    }),
  };
}

/** The first rows, by key, that the other version lacks. */
async function loneRows(database: Database, one: OpenVersion, by: readonly string[], lacks: Sql): Promise<LoneRow[]> {
  const shown = sql`struct_pack(${join(dataColumns(one.columns).map(({ name }) => sql`${id(name)} := ${id(name)}`))})`;
  return database.rows<LoneRow>(
    sql`SELECT ${keyOf(one, by)} AS key, to_json(${shown})::VARCHAR AS "row" FROM ${one.from}
        WHERE ${keyOf(one, by)} IN (SELECT ${KEY} FROM ${JOINED} WHERE ${lacks} IS NULL ORDER BY ${KEY} LIMIT ${BigInt(EXAMPLES)})
        ORDER BY key`,
  );
}

async function changedCells(database: Database, columns: readonly string[]): Promise<ChangedCell[]> {
  const found: ChangedCell[] = [];
  for (const column of columns.slice(0, EXAMPLES)) {
    found.push(
      ...(await database.rows<ChangedCell>(
        sql`SELECT ${KEY} AS key, ${column} AS column, ${before(column)}::VARCHAR AS before, ${after(column)}::VARCHAR AS after
            FROM ${JOINED} WHERE ${BOTH} AND ${before(column)} IS DISTINCT FROM ${after(column)}
            ORDER BY key LIMIT ${BigInt(EXAMPLES)}`,
      )),
    );
  }
  return found;
}

function notesOf(a: OpenVersion, b: OpenVersion, key: readonly string[], shared: number): string[] {
  if (key.length > 0) return [];
  const [one, other] = [a.version.key, b.version.key];
  if (one.join('\n') !== other.join('\n'))
    return [
      `rows are known by ${sayKey(one)} in ${a.version.name} and by ${sayKey(other)} in ${b.version.name}: --key names columns to compare by`,
    ];
  if (one.length === 0 && shared < Math.max(a.version.rows, b.version.rows))
    return [
      'rows are known by their content, so a changed row is one removed and one added: --key names columns to compare by',
    ];
  return [];
}

const sayKey = (key: readonly string[]): string => (key.length === 0 ? 'their content' : key.join(', '));
