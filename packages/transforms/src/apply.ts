import { readCell, type Cell, type FeatureRow } from './cell.js';
import type { ColumnType } from '@trainyard/tables/schema';
import { kindOf } from './steps/index.js';
import type { Writer } from './steps/contract.js';
import { featureNames, readsOf, type FittedTransform } from './transform.js';

interface Compiled {
  readonly width: number;
  /** Fills in the features of one row, `width` zeros from `at` on. */
  readonly write: (row: FeatureRow, into: Float64Array, at: number) => void;
}

const compiled = new WeakMap<FittedTransform, Compiled>();

/**
 * The features of one row, in the order of `featureNames`. Pure. Missing (`null`, `undefined`, NaN, an absent column),
 * unknown and infinite values are handled as fitted: every value is finite, but for columns that are passed on as they are.
 * Columns are read by the types that the transform says. `featuresQuery` gives the same for a whole table.
 * Throws a UserError when a numeric column holds something else than a number, a time no time.
 */
export function applyTransform(transform: FittedTransform, row: FeatureRow): Float64Array {
  const { width, write } = compile(transform);
  const features = new Float64Array(width);
  write(row, features, 0);
  return features;
}

/** The features of many rows: row-major, `[rows, features]`. */
export function applyTransformToRows(transform: FittedTransform, rows: readonly FeatureRow[]): Float64Array {
  const { width, write } = compile(transform);
  const features = new Float64Array(rows.length * width);
  rows.forEach((row, i) => write(row, features, i * width));
  return features;
}

function compile(transform: FittedTransform): Compiled {
  let found = compiled.get(transform);
  if (found === undefined) {
    found = compileNew(transform);
    compiled.set(transform, found);
  }
  return found;
}

function compileNew(transform: FittedTransform): Compiled {
  const places = new Map<string, number>();
  const read = readerOf(transform, places);
  const placeOf = (column: string): number => places.get(column)!;
  const makers: ((cells: Cell[]) => void)[] = [];
  const writers: { write: Writer; at: number }[] = [];
  let full = 0;
  for (const step of transform.steps) {
    const kind = kindOf(step);
    if (kind.gives === 'column') {
      const make = kind.reader(step, placeOf);
      const place = places.size;
      places.set(kind.column(step).name, place);
      makers.push((cells) => {
        cells[place] = make(cells);
      });
    } else {
      writers.push({ write: kind.writer(step, placeOf), at: full });
      full += kind.features(step).length;
    }
  }
  const cells = new Array<Cell>(places.size).fill(undefined);
  const writeAll = (row: FeatureRow, into: Float64Array, at: number): void => {
    read(row, cells);
    for (const make of makers) make(cells);
    for (const writer of writers) writer.write(cells, into, at + writer.at);
  };
  const { kept } = transform;
  if (!kept) return { width: full, write: writeAll };
  const scratch = new Float64Array(full);
  return {
    width: featureNames(transform).length,
    write(row, into, at) {
      scratch.fill(0);
      writeAll(row, scratch, 0);
      kept.forEach((index, i) => {
        into[at + i] = scratch[index]!;
      });
    },
  };
}

/** Puts the columns that steps read into their places. */
function readerOf(transform: FittedTransform, places: Map<string, number>): (row: FeatureRow, into: Cell[]) => void {
  const types = new Map<string, ColumnType>(transform.columns?.map(({ name, type }) => [name, type]));
  const names = [...new Set(readsOf(transform).map(({ column }) => column))];
  names.forEach((name, place) => places.set(name, place));
  const readers = names.map((name) => {
    const type = types.get(name);
    return type === undefined
      ? (row: FeatureRow): Cell => own(row, name)
      : (row: FeatureRow): Cell => readCell(own(row, name), type, name);
  });
  return (row, into) => {
    for (let place = 0; place < readers.length; place++) into[place] = readers[place]!(row);
  };
}

/** A column of the row itself: a column named `constructor` must not find what objects inherit. */
function own(row: FeatureRow, column: string): Cell {
  return Object.hasOwn(row, column) ? row[column] : undefined;
}
