import { kindOf, type FittedTransform, type TransformStep } from '@trainyard/transforms';
import type { CodeColumn } from '../presets/index.js';

/**
 * The features that hold codes of categories: those of `encode: 'ordinal'` (−1 is unknown, −2 missing) and categories that the transform
 * passes on (NaN is both).
 */
export function codesIn({ steps, kept }: FittedTransform): CodeColumn[] {
  const each = steps.flatMap((step): (number | undefined)[] => {
    const kind = kindOf(step);
    return kind.gives === 'features' ? kind.features(step).map(() => codesOf(step)) : [];
  });
  const all = kept ? kept.map((index) => each[index]) : each;
  return all.flatMap((codes, at) => (codes === undefined ? [] : [{ at, codes }]));
}

/** How many codes the one feature of a step has; `undefined` where it holds none. */
function codesOf(step: TransformStep): number | undefined {
  if (step.kind === 'pass') return step.type === 'category' ? Math.max(1, step.categories?.length ?? 0) : undefined;
  if (step.kind !== 'lookup' || step.folds || step.names.length !== 1) return undefined;
  const { values, unknown, missing } = step.all;
  const places = values.map(([value]) => value!).sort((a, b) => a - b);
  const whole = places.length > 0 && places.every((place, i) => place === i);
  return whole && unknown[0] === -1 && missing[0] === -2 ? places.length : undefined;
}
