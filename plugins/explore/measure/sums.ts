import { unitOf } from '@trainyard/tables';

export { exactSum, scaled, scaleOf, unitOf, unscaled, type Scale } from '@trainyard/tables';

/** Tukey's fences: one and a half times the box from it, within the doubles. */
export function fencesOf([first, , third]: readonly [number, number, number]): [number, number] {
  const unit = unitOf(Math.max(Math.abs(first), Math.abs(third)));
  const reach = 1.5 * (third / unit - first / unit);
  const bound = (value: number): number => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value * unit));
  return [bound(first / unit - reach), bound(third / unit + reach)];
}
