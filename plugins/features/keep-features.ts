import { featureNames, kindOf, type TransformStep } from '@trainyard/transforms';

/** Steps that make the features kept, and which of theirs these are; all where `kept` is absent. */
export interface Kept {
  readonly steps: readonly TransformStep[];
  readonly kept?: readonly number[];
}

/** The same features by as few steps as can be: a step of which nothing is kept is left out, and a column that nothing reads then. */
export function keepFeatures(steps: readonly TransformStep[], kept: readonly boolean[]): Kept {
  const indices: number[] = [];
  let [before, after] = [0, 0];
  const needed = steps.filter((step) => {
    if (kindOf(step).gives === 'column') return true;
    const width = featureNames({ format: 'trainyard.transform/3', steps: [step], rows: 0 }).length;
    const here = kept.slice(before, before + width);
    before += width;
    if (!here.includes(true)) return false;
    here.forEach((one, i) => one && indices.push(after + i));
    after += width;
    return true;
  });
  const all = withoutUnused(needed);
  return indices.length === after ? { steps: all } : { steps: all, kept: indices };
}

/** Derived columns that nothing reads are made in vain at every request. */
export function withoutUnused(steps: readonly TransformStep[]): TransformStep[] {
  const read = new Set<string>();
  return steps
    .toReversed()
    .filter((step) => {
      const kind = kindOf(step);
      if (kind.gives === 'column' && !read.has(kind.column(step).name)) return false;
      for (const { column } of kind.reads(step)) read.add(column);
      return true;
    })
    .toReversed();
}
