/** Whole numbers from −127 to 127 for weights, with a scale for each channel: the last axis, whose size `channels` is. */
export function quantizedByChannel(
  weights: ArrayLike<number>,
  channels: number,
): { readonly values: Int8Array; readonly scales: Float32Array } {
  const scales = new Float32Array(channels);
  for (let i = 0; i < weights.length; i++)
    scales[i % channels] = Math.max(scales[i % channels]!, Math.abs(weights[i]!) / 127);
  // A channel of zeros: any scale will do.
  for (let k = 0; k < channels; k++) if (scales[k] === 0) scales[k] = 1;
  const values = Int8Array.from({ length: weights.length }, (_, i) =>
    Math.max(-127, Math.min(127, Math.round(weights[i]! / scales[i % channels]!))),
  );
  return { values, scales };
}

/** Whole numbers from 0 to 255 for weights, with one scale: a weight is `value × scale + min`. */
export function quantizedWhole(weights: ArrayLike<number>): {
  readonly values: Uint8Array;
  readonly min: number;
  readonly scale: number;
} {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < weights.length; i++) {
    min = Math.min(min, weights[i]!);
    max = Math.max(max, weights[i]!);
  }
  const scale = (max - min) / 255 || 1;
  const values = Uint8Array.from({ length: weights.length }, (_, i) => Math.round((weights[i]! - min) / scale));
  return { values, min, scale };
}
