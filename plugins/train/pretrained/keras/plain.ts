import type { Json } from '../../../../core/index.js';
import { activationOf, made, unlike, type Counterpart, type Placed } from './counterpart.js';

const nothing = (of: string): Counterpart => ({ of, place: () => ({}) });

export const input = nothing('InputLayer');

export const flatten: Counterpart = { of: 'Flatten', place: () => ({ layer: { layer: 'flatten' } }) };

export const reshape: Counterpart = {
  of: 'Reshape',
  place(config) {
    const to = config['target_shape'];
    return Array.isArray(to) && to.every((size) => typeof size === 'number' && size > 0)
      ? { layer: { layer: 'reshape', to: to as Json } }
      : `its target_shape is ${JSON.stringify(to)}`;
  },
};

export const dropout: Counterpart = {
  of: 'Dropout',
  place: (config) =>
    unlike(config, { noise_shape: [null] }) ?? {
      layer: { layer: 'dropout', share: (config['rate'] as number | undefined) ?? 0 },
    },
};

const alone = (name: string): Placed =>
  name === 'softmax' ? { softmax: true } : { layer: { layer: 'activation', of: name } };

export const activation: Counterpart = {
  of: 'Activation',
  place(config) {
    const said = activationOf(config);
    return 'why' in said ? said.why : alone(said.ours);
  },
};

export const relu: Counterpart = {
  of: 'ReLU',
  place: (config) => unlike(config, { max_value: [null], negative_slope: [0], threshold: [0] }) ?? alone('relu'),
};

export const softmax: Counterpart = {
  of: 'Softmax',
  place: (config) => unlike(config, { axis: [-1, [-1]] }) ?? alone('softmax'),
};

export const embedding: Counterpart = {
  of: 'Embedding',
  place: (config) =>
    unlike(config, { mask_zero: [false], quantization_config: [null], lora_rank: [null] }) ?? {
      layer: { layer: 'embedding', codes: config['input_dim'] as number, units: config['output_dim'] as number },
    },
  weights(_config, [vectors, ...more]) {
    if (!vectors || more.length > 0) return undefined;
    const [codes = 0, units = 0] = vectors.shape;
    return {
      // Ours begin with a vector for what is no code.
      vectors: made(vectors, [codes + 1, units], async () => {
        const all = new Float32Array((codes + 1) * units);
        all.set(await vectors.values(), units);
        return all;
      }),
    };
  },
};
