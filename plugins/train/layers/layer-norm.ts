import { z } from 'zod';
import { bias, layerKind, wants } from './layer.js';

/** Mean 0 and variance 1 over the last axis, then a scale and a shift that are learned (Ba, Kiros and Hinton 2016). */
export const layerNorm = layerKind({
  name: 'layerNorm',
  settings: z.strictObject({ layer: z.literal('layerNorm'), epsilon: z.number().positive().default(1e-3) }),
  keepsSteps: true,
  output: (_settings, input) => (input.length === 0 ? wants('an axis or more', input) : input),
  weights: (_settings, input) => [bias('scale', input.at(-1)!, 'ones'), bias('shift', input.at(-1)!)],
  apply: (tf, { epsilon }, x, { weights: [scale, shift] }) => {
    const off = x.sub(x.mean(-1, true));
    const root = off.square().mean(-1, true).add(tf.scalar(epsilon)).rsqrt();
    return off.mul(root).mul(scale!).add(shift!);
  },
});
