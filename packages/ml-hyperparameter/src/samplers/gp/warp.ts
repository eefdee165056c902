/** Monotone changes of the losses before a process is fitted to them, and which of them fits best. */
import { log } from '../../numeric/elementary.js';

/**
 * 0 leaves losses as they are; a share w > 0 takes log(loss − least + w·(median − least)). Losses that span orders
 * of magnitude (as they do far from a narrow valley) make a poor normal process before such a change.
 */
export type Warp = number;

/** What is tried. */
export const WARPS: readonly Warp[] = [0, 1, 0.1, 0.01];

/** Losses changed and standardised, with what the change adds to the negative log likelihood. */
export interface Warped {
  readonly values: Float64Array;
  /** Variances of the values beyond noise. */
  readonly extra: Float64Array;
  readonly cost: number;
  /** Standardised value = (changed loss − mean) / scale. */
  readonly mean: number;
  readonly scale: number;
}

/** Applies a change, then takes off the mean and divides by the deviation; spreads are carried along by the slope. */
export function warp(losses: readonly number[], by: Warp, spreads: readonly number[] = []): Warped {
  const n = losses.length;
  const values = Float64Array.from(losses);
  const extra = Float64Array.from(losses, (_, i) => spreads[i] ?? 0);
  let cost = 0;
  if (by > 0) {
    const sorted = values.slice().sort();
    const least = sorted[0] as number;
    const spread = (sorted[n >> 1] as number) - least;
    const offset = by * (spread > 0 ? spread : 1);
    for (let i = 0; i < n; i++) {
      values[i] = log((losses[i] as number) - least + offset);
      cost += values[i] as number;
      extra[i] = (extra[i] as number) / ((losses[i] as number) - least + offset);
    }
  }
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (values[i] as number) / n;
  let variance = 0;
  for (let i = 0; i < n; i++) {
    const off = (values[i] as number) - mean;
    variance += (off * off) / n;
  }
  const deviation = Math.sqrt(variance);
  const scale = deviation > 1e-300 ? deviation : 1;
  for (let i = 0; i < n; i++) {
    values[i] = ((values[i] as number) - mean) / scale;
    const spread = (extra[i] as number) / scale;
    extra[i] = spread * spread;
  }
  return { values, extra, cost: cost + n * log(scale), mean, scale };
}
