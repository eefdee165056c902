import { isMissing, readCell, type FeatureRow } from './cell.js';
import { shortOf } from './history/short.js';
import { columnsBefore } from './row-rules/apply.js';
import { readsOf, type FittedTransform } from './transform.js';

const NONE: readonly string[] = [];

/**
 * Gives the columns of a row, by their names in a request, whose value is none of those that fitting kept, where they are read as
 * categories. The row has gone through the transform's rules.
 */
export function unknownIn(transform: FittedTransform): (row: FeatureRow) => readonly string[] {
  const types = new Map(transform.columns?.map(({ name, type }) => [name, type]));
  const known = new Map<string, Set<string>>();
  for (const { column, categories } of readsOf(transform)) {
    if (!categories) continue;
    const all = known.get(column) ?? new Set();
    for (const category of categories) all.add(category);
    known.set(column, all);
  }
  const columns = [...known].map(([name, categories]) => {
    const type = types.get(name) ?? 'text';
    const before = [...columnsBefore(transform.rules ?? [], new Map([[name, type]])).keys()];
    // A rule may fill it from other columns; then it keeps its own name.
    return { name, type, categories, asked: before.length === 1 ? before[0]! : name };
  });
  return (row) => {
    let found: string[] | undefined;
    for (const { name, type, categories, asked } of columns) {
      const cell = readCell(Object.hasOwn(row, name) ? row[name] : undefined, type, name);
      if (!isMissing(cell) && !categories.has(String(cell))) (found ??= []).push(asked);
    }
    return found ?? NONE;
  };
}

/**
 * Gives the columns of a row that were made of fewer earlier rows than they look back at, where the transform reads them. The row has gone
 * through the transform's rules.
 */
export function shortIn(transform: FittedTransform): (row: FeatureRow) => string[] {
  const read = new Set(readsOf(transform).map(({ column }) => column));
  return (row) => shortOf(row).filter((name) => read.has(name));
}
