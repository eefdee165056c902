import { UserError } from '@trainyard/errors';
import type { CategoricalRecipe, NumericRecipe } from './recipe.js';
import type { CategoricalStep, FittedTransform, NumericStep, PassStep } from '@trainyard/transforms';

/** Statistics of a numeric column of the training part, over its finite values. */
export interface NumericSummary {
  readonly kind: 'numeric';
  readonly recipe: NumericRecipe;
  /** Finite values, and all others. */
  readonly present: number;
  readonly missing: number;
  readonly min: number;
  readonly max: number;
  readonly median: number;
  readonly mean: number;
  /** Linearly interpolated quartiles. */
  readonly quartiles: readonly [number, number];
  /** Mean and population deviation once missing values are filled. */
  readonly filled: { readonly mean: number; readonly deviation: number };
}

/** Values of a categorical column of the training part, as text. */
export interface CategoricalSummary {
  readonly kind: 'categorical';
  readonly recipe: CategoricalRecipe;
  readonly missing: number;
  readonly counts: ReadonlyMap<string, number>;
}

/** A column that is passed on: its values as text where it is one of categories. */
export interface PassSummary {
  readonly kind: 'pass';
  readonly column: string;
  readonly type: PassStep['type'];
  /** Rows that have a value. */
  readonly present: number;
  readonly maxCategories: number;
  readonly values: readonly string[];
}

export type ColumnSummary = NumericSummary | CategoricalSummary | PassSummary;

/**
 * The transform that statistics of the training part give, in the order of the columns. Pure. Throws a UserError for
 * a column that no feature can be made of.
 */
export function fitTransform(columns: readonly ColumnSummary[], rows: number): FittedTransform {
  const steps = columns.map((column) => {
    if (column.kind === 'pass') return passStep(column);
    return column.kind === 'numeric' ? numericStep(column) : categoricalStep(column);
  });
  // The second format is the one that knows columns which are passed on: whoever reads the first one alone is told so.
  const format = columns.some(({ kind }) => kind === 'pass') ? 'trainyard.transform/2' : 'trainyard.transform/1';
  return { format, steps, rows };
}

/** The value that stands in for a missing one. */
export function fillOf(recipe: NumericRecipe, statistics: { median: number; mean: number }): number {
  return typeof recipe.fill === 'number' ? recipe.fill : statistics[recipe.fill];
}

function numericStep(summary: NumericSummary): NumericStep {
  const { recipe, filled, min, max, median, quartiles } = summary;
  if (summary.present === 0) throw allMissing(recipe.column);
  const [center, scale] = {
    standard: [filled.mean, filled.deviation],
    'min-max': [min, max - min],
    robust: [median, quartiles[1] - quartiles[0]],
    none: [0, 1],
  }[recipe.scale] as [number, number];
  return {
    kind: 'numeric',
    column: recipe.column,
    // JSON has no -0.
    fill: fillOf(recipe, summary) + 0,
    center: center + 0,
    // A constant column has nothing to divide by; it becomes 0 where it is what it was.
    scale: scale > 0 && Number.isFinite(scale) ? scale : 1,
    clip: recipe.clip,
    indicator: recipe.indicator,
  };
}

function categoricalStep(summary: CategoricalSummary): CategoricalStep {
  const { recipe, counts, missing } = summary;
  if (counts.size === 0) throw allMissing(recipe.column);
  const kept = [...counts].filter(([, count]) => count >= recipe.minCount).map(([value]) => value);
  if (kept.length > recipe.maxCategories)
    throw tooMany(
      recipe,
      kept.length,
      `${kept.length} values that at least ${recipe.minCount} rows have`,
      'minCount or maxCategories',
    );
  if (kept.length === 0) {
    throw new UserError(`column "${recipe.column}" has no value that ${recipe.minCount} rows have`, {
      where: { column: recipe.column },
      remedy: 'lower minCount, or drop the column',
    });
  }
  const mode = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
  const way = recipe.missing === 'auto' ? (missing > 0 ? 'feature' : 'zeros') : recipe.missing;
  const unknown = recipe.unknown === 'auto' ? (kept.length < counts.size ? 'feature' : 'zeros') : recipe.unknown;
  return {
    kind: 'categorical',
    column: recipe.column,
    categories: kept.sort(),
    ...(way === 'mode' ? { missing: 'fill', fill: mode } : { missing: way }),
    unknown,
  };
}

function passStep({ column, type, present, values, maxCategories }: PassSummary): PassStep {
  if (present === 0) throw allMissing(column);
  if (type !== 'category') return { kind: 'pass', column, type };
  if (values.length > maxCategories)
    throw tooMany({ column, maxCategories }, values.length, `${values.length} values`, 'maxCategories');
  return { kind: 'pass', column, type, categories: [...values].sort() };
}

function tooMany(
  { column, maxCategories }: { readonly column: string; readonly maxCategories: number },
  count: number,
  actual: string,
  raise: string,
): UserError {
  return new UserError(`column "${column}" has ${count} distinct values, too many for categories`, {
    where: { column },
    expected: `at most ${maxCategories}`,
    actual,
    remedy: `drop the column if it identifies rows; otherwise raise ${raise}`,
  });
}

function allMissing(column: string): UserError {
  return new UserError(`column "${column}" is missing in every row of the training part`, {
    where: { column },
    expected: 'at least one value',
    actual: 'none',
    remedy: 'drop the column from the recipe',
  });
}
