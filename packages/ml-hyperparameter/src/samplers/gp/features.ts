/** From points to the features that the kernel compares. */
import type { Domain, Point } from '../../space/index.js';

/**
 * Which dimensions the kernel sees: those with more than one value. A numeric dimension that does not exist at a
 * point is taken in the middle of its range: the choice that it hangs on already tells such points apart, by a
 * distance that is learned.
 */
export interface Features {
  readonly count: number;
  /** Dimension of each feature. */
  readonly dimension: readonly number[];
  readonly nominal: Uint8Array;
}

/** The features of a domain. */
export function featuresOf(domain: Domain): Features {
  const dimension: number[] = [];
  domain.dimensions.forEach((d, i) => {
    if (d.levels > 1) dimension.push(i);
  });
  return {
    count: dimension.length,
    dimension,
    nominal: Uint8Array.from(dimension, (i) => (domain.dimensions[i]?.nominal === true ? 1 : 0)),
  };
}

/** The features of a point; −1 stands for a choice that does not exist there. */
export function rowOf(features: Features, point: Point): Float64Array {
  return Float64Array.from(features.dimension, (i, f) => {
    const u = point[i] as number;
    return u === u ? u : features.nominal[f] === 1 ? -1 : 0.5;
  });
}
