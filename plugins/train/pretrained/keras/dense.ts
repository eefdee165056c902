import { activatedLayer, filled, unlike, type Counterpart } from './counterpart.js';

/** Kernel and bias as Keras has them; a bias of 0 where it has none. */
export const affineWeights: NonNullable<Counterpart['weights']> = (config, [kernel, bias, ...more]) => {
  const biased = config['use_bias'] !== false;
  if (!kernel || more.length > 0 || biased !== (bias !== undefined)) return undefined;
  return { kernel, bias: bias ?? filled([kernel.shape.at(-1) ?? 0], 0) };
};

export const dense: Counterpart = {
  of: 'Dense',
  place: (config) =>
    unlike(config, { quantization_config: [null], lora_rank: [null] }) ??
    activatedLayer(config, { layer: 'dense', units: config['units'] as number }),
  weights: affineWeights,
};
