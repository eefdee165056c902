import { finite, id, join, sql, type Database, type Sql } from '@trainyard/tables';
import type { Association, ColumnProfile } from './profile.js';

/** Limits that keep a wide table's profile in reasonable time: pairs grow with the square. */
const MOST_NUMERIC = 40;
const MOST_CATEGORICAL = 12;
const MOST_CATEGORIES = 50;

/** How strongly columns of a kind go together: Pearson between numbers, Cramér's V between categories. */
export async function associationsBetween(
  database: Database,
  table: Sql,
  columns: readonly ColumnProfile[],
): Promise<Association[]> {
  const varied = columns.filter((column) => column.distinct > 1);
  const numeric = varied.filter(({ kind }) => kind === 'numeric').slice(0, MOST_NUMERIC);
  const categorical = varied.filter(isCategory).slice(0, MOST_CATEGORICAL);
  const found = await pearson(database, table, pairsOf(numeric));
  for (const [a, b] of pairsOf(categorical)) found.push(await cramersV(database, table, a.name, b.name));
  return found;
}

/** How strongly each feature goes with the label, strongest first. */
export async function associationsWith(
  database: Database,
  table: Sql,
  label: ColumnProfile,
  features: readonly ColumnProfile[],
): Promise<Association[]> {
  const varied = features.filter((column) => column.distinct > 1);
  const found: Association[] = [];
  if (isCategory(label) && label.distinct > 1) {
    for (const column of varied.filter(({ kind }) => kind === 'numeric'))
      found.push(await correlationRatio(database, table, column, label.name));
    for (const { name } of varied.filter(isCategory)) found.push(await cramersV(database, table, name, label.name));
  } else if (label.kind === 'numeric') {
    const numeric = varied.filter(({ kind }) => kind === 'numeric');
    found.push(
      ...(await pearson(
        database,
        table,
        numeric.map((one) => [one, label]),
      )),
    );
    for (const { name } of varied.filter(isCategory)) found.push(await correlationRatio(database, table, label, name));
  }
  return found.sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || (a.columns[0] < b.columns[0] ? -1 : 1));
}

/** Text, booleans, and integers that can only be codes. */
export function isCategory(column: ColumnProfile): boolean {
  return column.kind === 'categorical' && column.distinct <= MOST_CATEGORIES;
}

function pairsOf<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));
}

async function pearson(
  database: Database,
  table: Sql,
  pairs: readonly (readonly [ColumnProfile, ColumnProfile])[],
): Promise<Association[]> {
  if (pairs.length === 0) return [];
  const terms = pairs.map(([a, b], i) => sql`corr(${scaled(a)}, ${scaled(b)}) AS ${id(`r${i}`)}`);
  const row = await database.row<Record<string, number | null>>(sql`SELECT ${join(terms)} FROM ${table}`);
  return pairs.flatMap(([a, b], i) => {
    const value = row[`r${i}`];
    return typeof value === 'number' && Number.isFinite(value)
      ? [{ columns: [a.name, b.name] as const, measure: 'pearson' as const, value }]
      : [];
  });
}

/** A column's values on its own scale, so that squares and products of extreme ones stay finite. */
function scaled(column: ColumnProfile): Sql {
  const [center, scale] = column.kind === 'numeric' ? [column.mean, column.deviation || 1] : [0, 1];
  return sql`(${finite(id(column.name))} / ${scale} - ${center / scale})`;
}

/** Cramér's V = sqrt(chi² / (n (min(rows, columns) - 1))), over rows that have both. */
async function cramersV(database: Database, table: Sql, a: string, b: string): Promise<Association> {
  const cells = await database.rows<{ a: string; b: string; n: number }>(
    sql`SELECT ${id(a)}::VARCHAR AS a, ${id(b)}::VARCHAR AS b, count(*) AS n FROM ${table}
        WHERE ${id(a)} IS NOT NULL AND ${id(b)} IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  const of = (key: 'a' | 'b'): Map<string, number> => {
    const sums = new Map<string, number>();
    for (const cell of cells) sums.set(cell[key], (sums.get(cell[key]) ?? 0) + cell.n);
    return sums;
  };
  const [rows, columns] = [of('a'), of('b')];
  const n = cells.reduce((sum, cell) => sum + cell.n, 0);
  // chi² = n (sum of n_ij² / (n_i n_j) - 1): cells that are empty add nothing.
  const sum = cells.reduce(
    (total, cell) => total + cell.n ** 2 / ((rows.get(cell.a) ?? 1) * (columns.get(cell.b) ?? 1)),
    0,
  );
  const least = Math.min(rows.size, columns.size) - 1;
  const value = n === 0 || least < 1 ? 0 : Math.sqrt(Math.max(0, sum - 1) / least);
  return { columns: [a, b], measure: 'cramers-v', value: Math.min(1, value) };
}

/** Eta squared: 1 - (variance within the groups) / (variance in all), over rows that have both. */
async function correlationRatio(
  database: Database,
  table: Sql,
  number: ColumnProfile,
  group: string,
): Promise<Association> {
  const x = scaled(number);
  const both = sql`(SELECT ${x} AS x, ${id(group)} AS g FROM ${table} WHERE ${x} IS NOT NULL AND ${id(group)} IS NOT NULL)`;
  const { within, all } = await database.row<{ within: number | null; all: number | null }>(
    sql`SELECT (SELECT sum(n * v) / sum(n) FROM (SELECT count(*) AS n, var_pop(x) AS v FROM ${both} GROUP BY g)) AS within,
               (SELECT var_pop(x) FROM ${both}) AS "all"`,
  );
  const ratio = within === null || all === null || !(all > 0) ? 0 : 1 - within / all;
  return {
    columns: [number.name, group],
    measure: 'correlation-ratio',
    value: Math.min(1, Math.max(0, ratio)),
  };
}
