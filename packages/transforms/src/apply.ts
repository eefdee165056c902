import { UserError } from '@trainyard/errors';
import type {
  CategoricalStep,
  Cell,
  FeatureRow,
  FittedTransform,
  NumericStep,
  PassStep,
  TransformStep,
} from './transform.js';

type Writer = (row: FeatureRow, into: Float64Array, at: number) => number;

const compiled = new WeakMap<FittedTransform, { width: number; writers: readonly Writer[] }>();

/**
 * The features of one row, in the order of `featureNames`. Pure, and the only code that turns rows into features:
 * training, evaluation and serving call it, so a single row and a batch give the same bits. Missing (`null`, `undefined`,
 * NaN, an absent column), unknown and infinite values are handled as fitted: every value is finite, but for columns that
 * are passed on as they are.
 * Throws a UserError when a numeric column holds something else than a number.
 */
export function applyTransform(transform: FittedTransform, row: FeatureRow): Float64Array {
  const { width, writers } = compile(transform);
  const features = new Float64Array(width);
  let at = 0;
  for (const write of writers) at = write(row, features, at);
  return features;
}

/** The features of many rows: row-major, `[rows, features]`. */
export function applyTransformToRows(transform: FittedTransform, rows: readonly FeatureRow[]): Float64Array {
  const { width, writers } = compile(transform);
  const features = new Float64Array(rows.length * width);
  let at = 0;
  for (const row of rows) for (const write of writers) at = write(row, features, at);
  return features;
}

function compile(transform: FittedTransform): { width: number; writers: readonly Writer[] } {
  let found = compiled.get(transform);
  if (found === undefined) {
    let width = 0;
    const writers = transform.steps.map((step) => {
      width += stepWidth(step);
      if (step.kind === 'pass') return passWriter(step);
      return step.kind === 'numeric' ? numericWriter(step) : categoricalWriter(step);
    });
    found = { width, writers };
    compiled.set(transform, found);
  }
  return found;
}

function stepWidth(step: TransformStep): number {
  if (step.kind === 'pass') return 1;
  if (step.kind === 'numeric') return step.indicator ? 2 : 1;
  return step.categories.length + Number(step.missing === 'feature') + Number(step.unknown === 'feature');
}

function numericWriter(step: NumericStep): Writer {
  const { column, fill, center, scale, clip, indicator } = step;
  return (row, into, at) => {
    const cell = own(row, column);
    const missing = isMissing(cell);
    if (!missing && typeof cell !== 'number') throw notANumber(column, cell);
    const scaled = ((missing ? fill : cell) - center) / scale;
    into[at] = scaled > clip ? clip : scaled < -clip ? -clip : scaled;
    if (indicator) into[at + 1] = missing ? 1 : 0;
    return at + (indicator ? 2 : 1);
  };
}

function categoricalWriter(step: CategoricalStep): Writer {
  const places = new Map(step.categories.map((category, index) => [category, index]));
  const width = stepWidth(step);
  const missingAt = step.missing === 'feature' ? step.categories.length : places.get(step.fill ?? '');
  const missingPlace = step.missing === 'zeros' ? undefined : missingAt;
  const unknownPlace = step.unknown === 'feature' ? width - 1 : undefined;
  return (row, into, at) => {
    const cell = own(row, step.column);
    const place = isMissing(cell) ? missingPlace : (places.get(String(cell)) ?? unknownPlace);
    if (place !== undefined) into[at + place] = 1;
    return at + width;
  };
}

function passWriter({ column, type, categories }: PassStep): Writer {
  const places = new Map((categories ?? []).map((category, index) => [category, index]));
  return (row, into, at) => {
    const cell = own(row, column);
    if (isMissing(cell)) into[at] = NaN;
    else if (type === 'category') into[at] = places.get(String(cell)) ?? NaN;
    else if (typeof cell === 'number') into[at] = cell;
    else if (type === 'boolean' && typeof cell === 'boolean') into[at] = cell ? 1 : 0;
    else throw notANumber(column, cell);
    return at + 1;
  };
}

/** A column of the row itself: a column named `constructor` must not find what objects inherit. */
function own(row: FeatureRow, column: string): Cell {
  return Object.hasOwn(row, column) ? row[column] : undefined;
}

export function isMissing(cell: Cell): cell is null | undefined {
  return cell === null || cell === undefined || (typeof cell === 'number' && Number.isNaN(cell));
}

function notANumber(column: string, cell: unknown): UserError {
  return new UserError(`column "${column}" does not hold a number`, {
    where: { column },
    expected: 'a number, or null where it is missing',
    actual: `${typeof cell} ${JSON.stringify(cell)?.slice(0, 80)}`,
  });
}
