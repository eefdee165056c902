import { biasName, kernelName } from '../kinds/dense-net.js';
import type { Tensors } from '../../../models/index.js';
import type { Rows } from '../dataset.js';
import type { HeldFeatures } from '../feed/held.js';
import type { NetShape } from './shape.js';

/** Rows that are looked at for dead units. */
const LOOKED_AT = 2000;

/** Share of hidden relu units that are 0 for the training rows (the first 2,000 of them); undefined without such units. */
export function deadUnits(shape: NetShape, tensors: Tensors, data: Rows<HeldFeatures>): number | undefined {
  const hidden = shape.layers.slice(0, -1);
  if (hidden.length === 0 || hidden.some(({ activation }) => activation !== 'relu')) return undefined;
  const alive = hidden.map(({ units }) => new Uint8Array(units));
  const rows = Math.min(data.rows, LOOKED_AT);
  const features = data.features.slice(0, rows);
  for (let row = 0; row < rows; row++) {
    let values: Float64Array = features.subarray(row * data.width, (row + 1) * data.width);
    hidden.forEach(({ units }, layer) => {
      const kernel = tensors[kernelName(layer)]!.values;
      const sums = Float64Array.from(tensors[biasName(layer)]!.values);
      values.forEach((value, i) => {
        if (value !== 0) for (let j = 0; j < units; j++) sums[j]! += value * kernel[i * units + j]!;
      });
      values = sums.map((sum, j) => {
        if (sum > 0) alive[layer]![j] = 1;
        return Math.max(0, sum);
      });
    });
  }
  const units = alive.reduce((sum, layer) => sum + layer.length, 0);
  return alive.reduce((sum, layer) => sum + layer.filter((is) => is === 0).length, 0) / units;
}
