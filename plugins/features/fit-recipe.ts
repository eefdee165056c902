import { type Column, type Database, type Sql } from '@trainyard/tables/sql';
import { featureNames, readsOf, type FittedTransform, type TransformStep } from '@trainyard/transforms';
import { selectsByLabel, type Plan } from './choose-columns.js';
import { Figures, type Asking } from './figures.js';
import { withoutUnused } from './keep-features.js';
import { labelOf, type Label } from './label.js';
import { Lesson } from './lesson.js';
import { referencesOf } from './measure-reference.js';
import type { Recipe } from './recipe.js';
import type { ColumnReference } from './reference.js';
import type { FitReport } from './report.js';

/** What was fitted on the training part. */
export interface FittedRecipe {
  readonly transform: FittedTransform;
  /** Empty where nobody asked how columns are distributed. */
  readonly references: readonly ColumnReference[];
  readonly columns: FitReport['columns'];
  /** The label, where fitting or selecting looks at it. */
  readonly label: Label | undefined;
  /** Queries over the training part. */
  readonly passes: number;
}

/**
 * Fits what a recipe plans on `from`, the training part with the columns that the plan derives. All columns are fitted at once, so
 * that what they ask together is one pass. Throws the UserError of the first column that cannot be fitted.
 */
export async function fitRecipe(
  database: Database,
  from: Sql,
  rows: number,
  plan: Plan,
  recipe: Recipe,
  table: readonly Column[],
  { referred = true, asking }: { readonly referred?: boolean; readonly asking?: Asking } = {},
): Promise<FittedRecipe> {
  const asks = plan.chosen.some(({ kind, spec }) => kind.needsLabel?.(spec)) || selectsByLabel(recipe);
  const figures = new Figures(database, from, rows, undefined, asking);
  const label = plan.label && asks ? await labelOf(figures, plan.label, recipe.labelAs) : undefined;
  const lesson = new Lesson(database, from, plan.columns, rows, label, recipe.seed, asking);
  const found = await Promise.allSettled(plan.chosen.map(({ kind, spec, column }) => kind.fit(spec, column, lesson)));
  const fitted = found.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  const steps = [...plan.derived, ...fitted.flatMap((one) => one.steps)];
  const used = withoutUnused(steps);
  const references = referred ? await referencesOf(lesson, used) : [];
  return {
    transform: transformOf(used, rows, table),
    references,
    columns: fitted.map(({ steps: made, ...said }, i) => ({
      column: plan.chosen[i]!.column.name,
      list: plan.chosen[i]!.kind.list,
      ...said,
      features: featureNames({ format: 'trainyard.transform/3', steps: made, rows }),
    })),
    label,
    passes: lesson.passes,
  };
}

/** Kinds of steps that the first two formats know. */
const FIRST: readonly string[] = ['numeric', 'categorical'];
const SECOND: readonly string[] = [...FIRST, 'pass'];

/** In the oldest format that says it all: whoever reads that one alone is told. */
export function transformOf(steps: readonly TransformStep[], rows: number, table: readonly Column[]): FittedTransform {
  if (steps.every(({ kind }) => FIRST.includes(kind))) return { format: 'trainyard.transform/1', steps, rows };
  if (steps.every(({ kind }) => SECOND.includes(kind))) return { format: 'trainyard.transform/2', steps, rows };
  return inThird({ format: 'trainyard.transform/3', steps, rows }, table);
}

/** The same in the third format, which says the types of the columns. */
export function inThird(transform: FittedTransform, table: readonly Column[]): FittedTransform {
  const read = new Set(readsOf(transform).map(({ column }) => column));
  const columns = table.filter(({ name }) => read.has(name)).map(({ name, type }) => ({ name, type }));
  return { ...transform, format: 'trainyard.transform/3', columns };
}
