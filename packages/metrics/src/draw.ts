/** The values of the rows drawn, each row `width` values long; rows may repeat. */
export function drawRows<V extends Float64Array | Int32Array | Uint8Array>(values: V, drawn: Int32Array, width = 1): V {
  const found = new (values.constructor as new (length: number) => V)(drawn.length * width);
  for (let i = 0; i < drawn.length; i++)
    for (let k = 0; k < width; k++) found[i * width + k] = values[drawn[i]! * width + k]!;
  return found;
}

/** All of `units`, once each. */
export const allUnits = (units: number): Int32Array => Int32Array.from({ length: units }, (_, i) => i);

/** Mean of the values drawn, those that are NaN left out; undefined where none is left. */
export function meanOfDrawn(values: Float64Array, drawn: Int32Array): number | undefined {
  let [total, count] = [0, 0];
  for (const unit of drawn) {
    const value = values[unit]!;
    if (Number.isNaN(value)) continue;
    total += value;
    count++;
  }
  return count === 0 ? undefined : total / count;
}
