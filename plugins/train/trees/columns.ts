import { UserError, sayNearest } from '@trainyard/errors';
import { featureNames, kindOf, type FittedTransform } from '@trainyard/transforms';
import type { Rows } from '../dataset.js';
import type { TreesSettings } from '../kinds/trees.js';

/** What is known of the features beside their values. */
export type Columns = Omit<TreesSettings, 'iterations' | 'sha256'>;

/** The features of a transform, as LightGBM is to take them. */
export function columnsOf(transform: FittedTransform, train: Rows): Columns {
  const features = featureNames(transform);
  const passed = passedOn(transform);
  const categories = [...passed].flatMap(([at, count]): [number, number][] =>
    count === undefined ? [] : [[at, count]],
  );
  const fills = [...passed].flatMap(([at, count]): [number, number][] => {
    const median = count === undefined ? medianIfWhole(train, at) : undefined;
    return median === undefined ? [] : [[at, median]];
  });
  return { width: train.width, features, categories, fills };
}

/** Features that are columns passed on: by index, how many categories they have, undefined for numbers. */
function passedOn(transform: FittedTransform): Map<number, number | undefined> {
  const all: { category?: number; passed: boolean }[] = transform.steps.flatMap((step) => {
    const kind = kindOf(step);
    if (kind.gives !== 'features') return [];
    const one =
      step.kind === 'pass'
        ? { passed: true, ...(step.type === 'category' ? { category: step.categories?.length ?? 0 } : {}) }
        : { passed: false };
    return kind.features(step).map(() => one);
  });
  const kept = transform.kept ?? all.map((_, at) => at);
  return new Map(
    kept.flatMap((from, at): [number, number | undefined][] => (all[from]!.passed ? [[at, all[from]!.category]] : [])),
  );
}

/** The lower median of a feature that is never missing; undefined where it is. */
function medianIfWhole({ features, rows, width }: Rows, at: number): number | undefined {
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const value = features[row * width + at]!;
    if (Number.isNaN(value)) return undefined;
    values[row] = value;
  }
  return values.sort()[(rows - 1) >> 1];
}

/** Constraints by feature name as LightGBM's list. Throws a UserError for a name that is no numeric feature. */
export function constraintsOf(
  given: Readonly<Record<string, -1 | 0 | 1>> | undefined,
  { features, categories }: Columns,
): number[] | undefined {
  if (given === undefined || Object.keys(given).length === 0) return undefined;
  const list = features.map(() => 0);
  for (const [name, direction] of Object.entries(given)) {
    const at = features.indexOf(name);
    const where = { field: `monotone_constraints.${name}` };
    if (at < 0)
      throw new UserError(`there is no feature "${name}" to constrain`, { where, remedy: sayNearest(name, features) });
    if (direction !== 0 && categories.some(([category]) => category === at))
      throw new UserError(`feature "${name}" is a category: it does not rise or fall`, { where });
    list[at] = direction;
  }
  return list;
}
