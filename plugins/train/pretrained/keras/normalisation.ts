import { filled, made, unlike, type Counterpart, type KerasLayer } from './counterpart.js';
import type { StoredTensor } from '../../../../models/index.js';

/** Scale and shift, which a layer may be told to do without. */
function learned(
  config: KerasLayer['config'],
  stored: readonly StoredTensor[],
): { scale: StoredTensor; shift: StoredTensor; rest: readonly StoredTensor[] } | undefined {
  const rest = [...stored];
  const scale = config['scale'] === false ? undefined : rest.shift();
  const shift = config['center'] === false ? undefined : rest.shift();
  const shape = (scale ?? shift ?? rest[0])?.shape;
  return shape && { scale: scale ?? filled(shape, 1), shift: shift ?? filled(shape, 0), rest };
}

export const layerNormalization: Counterpart = {
  of: 'LayerNormalization',
  place: (config) =>
    unlike(config, { axis: [-1, [-1]], rms_scaling: [false] }) ?? {
      layer: { layer: 'layerNorm', epsilon: (config['epsilon'] as number | undefined) ?? 1e-3 },
    },
  weights(config, stored) {
    const found = learned(config, stored);
    return found?.rest.length === 0 ? { scale: found.scale, shift: found.shift } : undefined;
  },
};

/** As it is when served: by the mean and variance of training, which are a scale and a shift. */
export const batchNormalization: Counterpart = {
  of: 'BatchNormalization',
  place: (config) => unlike(config, { axis: [-1, [-1], 3, [3]], renorm: [false] }) ?? { layer: { layer: 'scale' } },
  weights(config, stored) {
    const found = learned(config, stored);
    const [mean, variance, ...more] = found?.rest ?? [];
    if (!found || !mean || !variance || more.length > 0) return undefined;
    const epsilon = (config['epsilon'] as number | undefined) ?? 1e-3;
    const factor = async (): Promise<Float64Array> => {
      const [by, off] = [await found.scale.values(), await variance.values()];
      return Float64Array.from(by, (value, i) => value / Math.sqrt(off[i]! + epsilon));
    };
    return {
      scale: made(found.scale, mean.shape, factor),
      shift: made(found.shift, mean.shape, async () => {
        const [by, to, from] = [await factor(), await found.shift.values(), await mean.values()];
        return by.map((value, i) => to[i]! - from[i]! * value);
      }),
    };
  },
};

export const unitNormalization: Counterpart = {
  of: 'UnitNormalization',
  place: (config) => unlike(config, { axis: [-1, [-1]] }) ?? { layer: { layer: 'unitNorm' } },
};
