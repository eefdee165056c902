import { UserError } from '@trainyard/errors';

/** What a cell of a row may be: what Parquet, CSV and a JSON request give. `null`, `undefined` and NaN are missing. */
export type Cell = number | string | boolean | null | undefined;
/** A row by column name. Columns that the transform does not use may be there; they are not looked at. */
export type FeatureRow = Readonly<Record<string, Cell>>;

/** A numeric column as fitted: `(value or fill) - center) / scale`, kept within `±clip`. */
export interface NumericStep {
  readonly kind: 'numeric';
  readonly column: string;
  /** Stands in for a missing value, in the column's unit. */
  readonly fill: number;
  /** Subtracted, in the column's unit. */
  readonly center: number;
  /** Divided by, in the column's unit; never 0. */
  readonly scale: number;
  /** Largest absolute value given, in units of `scale`: keeps extreme and infinite values finite. */
  readonly clip: number;
  /** A second feature: 1 where the value was missing, else 0. */
  readonly indicator: boolean;
}

/** A categorical column as fitted: one feature for each category, 1 where the row has it, else 0. */
export interface CategoricalStep {
  readonly kind: 'categorical';
  readonly column: string;
  /** Values as text, sorted by code unit. */
  readonly categories: readonly string[];
  /** A missing value: has a feature of its own, is replaced by `fill`, or sets none. */
  readonly missing: 'feature' | 'fill' | 'zeros';
  /** Stands in for a missing value where `missing` is `fill`. */
  readonly fill?: string | undefined;
  /** A value not seen in fitting: has a feature of its own, or sets none. */
  readonly unknown: 'feature' | 'zeros';
}

/**
 * A column passed on as it is, one feature: a number, a boolean as 0 or 1, a category as its index in `categories`. What is
 * missing is NaN, and so is a category that was not seen in fitting. For model kinds that take missing values themselves.
 */
export interface PassStep {
  readonly kind: 'pass';
  readonly column: string;
  readonly type: 'number' | 'boolean' | 'category';
  /** For `category`: values as text, sorted by code unit. */
  readonly categories?: readonly string[] | undefined;
}

export type TransformStep = NumericStep | CategoricalStep | PassStep;

/** A fitted transform: what `transform.json` holds. Plain JSON; numbers survive the text bit for bit. */
export interface FittedTransform {
  /** The second one where columns are passed on. */
  readonly format: 'trainyard.transform/1' | 'trainyard.transform/2';
  /** In the order of the features that they give. */
  readonly steps: readonly TransformStep[];
  /** Rows that it was fitted on. */
  readonly rows: number;
}

/** A column that a row must bring, for signatures and request schemas. Any of them may be missing. */
export interface TransformInput {
  readonly name: string;
  readonly type: 'number' | 'text' | 'boolean';
  /** Values seen in fitting, for categorical columns. */
  readonly categories?: readonly string[];
}

/** The columns that a fitted transform reads, in order. */
export function transformInputs(transform: FittedTransform): TransformInput[] {
  return transform.steps.map((step): TransformInput => {
    if (step.kind === 'numeric') return { name: step.column, type: 'number' };
    if (step.kind === 'pass' && step.type !== 'category') return { name: step.column, type: step.type };
    return { name: step.column, type: 'text', categories: step.categories ?? [] };
  });
}

/** Whether features may be NaN: a column is passed on with what it lacks. */
export function passesMissing(transform: FittedTransform): boolean {
  return transform.steps.some(({ kind }) => kind === 'pass');
}

/** Names of the features, in the order of `applyTransform`'s values: `mass`, `mass is missing`, `island=Dream`. */
export function featureNames(transform: FittedTransform): string[] {
  return transform.steps.flatMap((step) => {
    if (step.kind === 'pass') return [step.column];
    if (step.kind === 'numeric') return step.indicator ? [step.column, `${step.column} is missing`] : [step.column];
    return [
      ...step.categories.map((category) => `${step.column}=${category}`),
      ...(step.missing === 'feature' ? [`${step.column} is missing`] : []),
      ...(step.unknown === 'feature' ? [`${step.column} is unknown`] : []),
    ];
  });
}

const FORMATS: readonly string[] = ['trainyard.transform/1', 'trainyard.transform/2'];

/**
 * A fitted transform from the text of `transform.json`. Throws a UserError when it is not one, or of a format that
 * this version does not know.
 */
export function parseTransform(text: string): FittedTransform {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new UserError('the transform is not JSON', { where: { file: 'transform.json' }, cause });
  }
  const transform = parsed as Partial<FittedTransform> | null;
  if (transform === null || !FORMATS.includes(transform?.format ?? '') || !Array.isArray(transform.steps)) {
    throw new UserError('the transform is of an unknown format', {
      where: { file: 'transform.json' },
      expected: `format ${FORMATS.join(' or ')}`,
      actual: String(transform?.format),
      remedy: 'fit it again with this version',
    });
  }
  return transform as FittedTransform;
}
