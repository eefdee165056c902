import { finite, id, sql } from '@trainyard/tables/sql';
import { readsOf, type TransformStep } from '@trainyard/transforms';
import type { Lesson } from './lesson.js';
import { limitsOf, momentsOf, quantilesWithin } from './numbers.js';
import type { CategoricalReference, ColumnReference, NumericReference } from './reference.js';

/** Bins of a numeric column's reference, of about equal counts. */
const BINS = 10;
/** Values listed in a categorical column's reference. */
const LISTED = 50;

/** How the columns of numbers and of known categories that the steps read are distributed, in the order in which they are read. */
export async function referencesOf(lesson: Lesson, steps: readonly TransformStep[]): Promise<ColumnReference[]> {
  const reads = new Map(readsOf({ steps }).map((read) => [read.column, read]));
  const found = [...reads.values()].map(async ({ column, type, categories }): Promise<ColumnReference[]> => {
    if (type === 'number') return [await numbers(lesson, column)];
    return categories || type === 'boolean' ? [await categoriesOf(lesson, column)] : [];
  });
  return (await Promise.all(found)).flat();
}

async function numbers(lesson: Lesson, name: string): Promise<NumericReference> {
  const [x, alone] = [finite(id(name)), await lesson.alone(name)];
  const steps = Array.from({ length: BINS - 1 }, (_, i) => (i + 1) / BINS);
  const [limits, moments, quantiles] = await Promise.all([
    limitsOf(alone, x),
    momentsOf(alone, x),
    quantilesWithin(alone, x, steps),
  ]);
  const { present, missing, min, max } = limits;
  const edges = [...new Set(quantiles)].filter((edge) => present > 0 && edge < max);
  const upTo = await Promise.all(edges.map((edge) => alone.countWhere(sql`${x} <= ${edge}`)));
  const counts = [...upTo, present].map((count, i, all) => count - (all[i - 1] ?? 0));
  return { kind: 'numeric', name, missing, ...moments, min, max, edges, counts };
}

async function categoriesOf(lesson: Lesson, name: string): Promise<CategoricalReference> {
  const { missing, counts } = await lesson.countsOf(name);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return {
    kind: 'categorical',
    name,
    missing,
    values: sorted.slice(0, LISTED).map(([value, count]) => ({ value, count })),
    other: sorted.slice(LISTED).reduce((sum, [, count]) => sum + count, 0),
  };
}
