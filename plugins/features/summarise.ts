import { finite, id, join, numberStatistics, sql, type Database, type Sql } from '@trainyard/tables';
import type { Chosen } from './choose-columns.js';
import {
  fillOf,
  type CategoricalSummary,
  type ColumnSummary,
  type NumericSummary,
  type PassSummary,
} from './fit-transform.js';
import { recipe as recipeSchema } from './recipe.js';
import type { CategoricalReference, ColumnReference, NumericReference } from './reference.js';

/** Bins of a numeric column's reference, of about equal counts. */
const BINS = 10;
/** Values listed in a categorical column's reference. */
const LISTED = 50;

/** A column's statistics of the training part, and its reference for monitors. */
export interface Summarised {
  readonly summary: ColumnSummary;
  readonly reference: ColumnReference;
}

export async function summarise(database: Database, table: Sql, column: Chosen): Promise<Summarised> {
  if (column.kind === 'pass') return summarisePassed(database, table, column);
  return column.kind === 'numeric'
    ? summariseNumbers(database, table, column)
    : summariseCategories(database, table, column);
}

/** What is passed on has the reference of any column of its type; the transform needs no more than its categories. */
async function summarisePassed(
  database: Database,
  table: Sql,
  { column, type, maxCategories }: Chosen & { kind: 'pass' },
): Promise<Summarised> {
  const { numeric, categorical } = recipeSchema.parse({ numeric: [column], categorical: [column] });
  const of = (present: number, values: readonly string[] = []): PassSummary => ({
    ...{ kind: 'pass', column, type, present, maxCategories, values },
  });
  if (type === 'number') {
    const { summary, reference } = await summariseNumbers(database, table, { kind: 'numeric', ...numeric[0]! });
    return { summary: of((summary as NumericSummary).present), reference };
  }
  const { summary, reference } = await summariseCategories(database, table, {
    kind: 'categorical',
    ...categorical[0]!,
  });
  const { counts } = summary as CategoricalSummary;
  return { summary: of(counts.size, type === 'category' ? [...counts.keys()] : []), reference };
}

async function summariseNumbers(
  database: Database,
  table: Sql,
  column: Chosen & { kind: 'numeric' },
): Promise<Summarised> {
  const { kind, ...recipe } = column;
  const name = recipe.column;
  const cell = id(name);
  const steps = Array.from({ length: BINS - 1 }, (_, i) => (i + 1) / BINS);
  const found = await numberStatistics(database, table, cell, [0.25, 0.5, 0.75, ...steps]);
  const [first = 0, median = 0, third = 0, ...inner] = found.quantiles;
  const { present, missing, min, max, mean, deviation } = found;
  const fill = present === 0 ? 0 : fillOf(recipe, { median, mean });
  const filled = await numberStatistics(database, table, sql`coalesce(${finite(cell)}, ${fill})`);
  const summary: NumericSummary = {
    ...{ kind, recipe, present, missing, min, max, mean, median },
    quartiles: [first, third],
    filled: { mean: filled.mean, deviation: filled.deviation },
  };
  const edges = [...new Set(inner)].filter((edge) => present > 0 && edge < max);
  const counts = await countBins(database, sql`(SELECT ${finite(cell)} AS x FROM ${table})`, edges);
  const reference: NumericReference = { kind, name, missing, mean, deviation, min, max, edges, counts };
  return { summary, reference };
}

async function countBins(database: Database, finite: Sql, edges: readonly number[]): Promise<number[]> {
  const upTo = edges.map((edge, i) => sql`count(*) FILTER (WHERE x <= ${edge}) AS ${id(`b${i}`)}`);
  const counted = await database.row<Record<string, number>>(
    sql`SELECT ${join([...upTo, sql`count(x) AS ${id(`b${edges.length}`)}`])} FROM ${finite}`,
  );
  const cumulative = Array.from({ length: edges.length + 1 }, (_, i) => counted[`b${i}`] ?? 0);
  return cumulative.map((count, i) => count - (cumulative[i - 1] ?? 0));
}

async function summariseCategories(
  database: Database,
  table: Sql,
  column: Chosen & { kind: 'categorical' },
): Promise<Summarised> {
  const { kind, ...recipe } = column;
  const name = recipe.column;
  const counts = new Map<string, number>();
  let missing = 0;
  // The values come as rows give them, so that they become text here just as they do when the transform is applied.
  for await (const batch of database.batches<{ value: string | number | boolean | null; count: number }>(
    sql`SELECT ${id(name)} AS value, count(*) AS count FROM ${table} GROUP BY 1`,
  ))
    for (const { value, count } of batch) {
      if (value === null || Number.isNaN(value)) missing += count;
      else counts.set(String(value), (counts.get(String(value)) ?? 0) + count);
    }
  const summary: CategoricalSummary = { kind, recipe, missing, counts };
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const reference: CategoricalReference = {
    kind,
    name,
    missing,
    values: sorted.slice(0, LISTED).map(([value, count]) => ({ value, count })),
    other: sorted.slice(LISTED).reduce((sum, [, count]) => sum + count, 0),
  };
  return { summary, reference };
}
