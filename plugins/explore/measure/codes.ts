import { join as joinPath } from 'node:path';
import { id, join, sql, type Sql } from '@trainyard/tables';
import { sayFigure } from '@trainyard/pages';
import { presentOf, type ColumnProfile } from '../profile.js';
import { sayTime } from '../words.js';
import type { Categories } from './categories.js';
import { quantilesOf } from './quantiles.js';
import { countBy, type Field, type Relation } from './relation.js';
import { edgesOf, stepOf } from './steps.js';

/** The most values that are taken for categories. */
export const CATEGORIES = 50;
/** Parts of a number or a time. */
const PARTS = 16;
/** The most values of a number that are told apart one by one. */
const CODES = 20;
const SHARES = Array.from({ length: PARTS - 1 }, (_, i) => (i + 1) / PARTS);

/** A column by the number of the category, or the part of the range, that a value is in. */
export interface Coded {
  readonly field: Field;
  readonly column: ColumnProfile;
  readonly names: readonly string[];
  /** The number, from the columns of the table, and the column of `coded` that holds it. */
  readonly code: Sql;
  readonly kept: Sql;
}

/** Columns whose values come in few kinds, by number; a column of more categories than are told apart is left out. */
export async function codesOf(
  relation: Relation,
  columns: readonly { readonly field: Field; readonly column: ColumnProfile; readonly categories?: Categories }[],
): Promise<Coded[]> {
  const varied = columns.filter(({ column }) => column.distinct > 1);
  const ordered = varied.flatMap(({ field, column }) => {
    const limits = column.kind === 'categorical' ? undefined : limitsOf(column);
    return field.x && limits ? [{ field, column, x: field.x, present: presentOf(column), ...limits }] : [];
  });
  const few = ordered.filter(({ column }) => column.distinct <= CODES);
  const many = ordered.filter(({ column }) => column.distinct > CODES);
  const edges = new Map<Field, { edges: number[]; names: string[] }>();
  for (const [i, counted] of (await countBy(relation, few, ({ x }) => x)).entries()) {
    const values = counted.map(({ value }) => Number(value)).sort((a, b) => a - b);
    edges.set(few[i]!.field, { edges: values.slice(1), names: values.map(sayerOf(few[i]!.column)) });
  }
  for (const [i, quantiles] of (await quantilesOf(relation, many, SHARES)).entries()) {
    const { field, column, min, max } = many[i]!;
    const found = edgesOf(quantiles, min);
    edges.set(field, { edges: found, names: partNames([min, ...found, max], sayerOf(column)) });
  }
  return varied.flatMap(({ field, column, categories }, i): Coded[] => {
    const kept = id(`k${i}`);
    const parts = edges.get(field);
    if (parts && field.x)
      return [
        { field, column, kept, names: parts.names, code: stepOf(field.x, parts.edges, (part) => sql`${BigInt(part)}`) },
      ];
    if (!categories || column.distinct > CATEGORIES) return [];
    const names = categories.values.map(({ value }) => String(value));
    return [{ field, column, kept, names, code: sql`(list_position(${names}, ${field.cell}::VARCHAR) - 1)` }];
  });
}

/** The numbers of all columns as a table of its own, on the disk: a byte for each cell. */
export async function keepCodes(relation: Relation, coded: readonly Coded[]): Promise<Relation> {
  const from = id('coded');
  const path = joinPath(relation.scratch, 'coded.parquet');
  if (coded.length > 0) {
    const columns = coded.map(({ code, kept }) => sql`${code}::UTINYINT AS ${kept}`);
    await relation.database.run(sql`COPY (SELECT ${join(columns)} FROM ${relation.from}) TO ${path} (FORMAT parquet)`);
    await relation.database.run(sql`CREATE OR REPLACE VIEW ${from} AS FROM read_parquet(${path})`);
  }
  return { ...relation, from, fields: [] };
}

/** The limits of what has an order, in the numbers that `x` of its field gives; `undefined` where there are no values. */
function limitsOf(column: Exclude<ColumnProfile, { kind: 'categorical' }>): { min: number; max: number } | undefined {
  if (column.kind === 'numeric') return { min: column.min, max: column.max };
  if (column.min === null || column.max === null) return undefined;
  return { min: Date.parse(column.min), max: Date.parse(column.max) };
}

/** How a value of a column is said, when it is told by `x` of its field. */
export function sayerOf(column: Pick<ColumnProfile, 'kind' | 'type'>): (value: number) => string {
  return column.kind === 'time' ? sayTime(column.type) : sayFigure;
}

/** `from – to`; of a part that holds one value, the value. */
function partNames(edges: readonly number[], say: (value: number) => string): string[] {
  return edges.slice(1).map((to, i) => {
    const [a, b] = [say(edges[i]!), say(to)];
    return a === b ? a : `${a} – ${b}`;
  });
}

/** The classes of a label, most frequent first; none for a time, a fraction, or what has too many values. */
export async function classesOf(
  relation: Relation,
  {
    field,
    column,
    categories,
  }: { readonly field: Field; readonly column: ColumnProfile; readonly categories?: Categories },
): Promise<{ name: string; rows: number }[]> {
  if (column.kind === 'time' || column.type === 'number' || (column.type === 'integer' && column.distinct > CODES))
    return [];
  if (categories && column.distinct > categories.values.length) return [];
  const [counted = []] = categories
    ? [categories.values]
    : await countBy(relation, [field], ({ cell }) => sql`${cell}::VARCHAR`);
  return counted.map(({ value, rows }) => ({ name: String(value), rows }));
}

/** A label by the number of its class, in the order of `classesOf`; `undefined` where there are none, or too many. */
export function classCode(
  field: Field,
  column: ColumnProfile,
  classes: readonly { readonly name: string }[],
): Coded | undefined {
  if (classes.length < 2 || classes.length > CATEGORIES) return undefined;
  const names = classes.map(({ name }) => name);
  return { field, column, names, kept: id('label'), code: sql`(list_position(${names}, ${field.cell}::VARCHAR) - 1)` };
}
