import { activationName, filled, made, unlike, type Counterpart, type KerasLayer } from './counterpart.js';
import type { StoredTensor } from '../../../../models/index.js';

/**
 * What both must be. TensorFlow.js has a hard sigmoid where it says nothing, and a GRU that is reset before the product: other nets than
 * those of Keras 3, which say all of it.
 */
function otherwise(config: KerasLayer['config']): string | undefined {
  const [inner, gates] = [
    activationName(config['activation'], 'tanh'),
    activationName(config['recurrent_activation'], 'not said'),
  ];
  if (inner !== 'tanh') return `its activation is ${inner}`;
  if (gates !== 'sigmoid') return `its recurrent_activation is ${gates}, not sigmoid`;
  return unlike(config, { go_backwards: [false], stateful: [false], return_state: [false] });
}

const gives = (config: KerasLayer['config']): string => (config['return_sequences'] === true ? 'all' : 'last');

export const lstm: Counterpart = {
  of: 'LSTM',
  place: (config) =>
    otherwise(config) ?? { layer: { layer: 'lstm', units: config['units'] as number, gives: gives(config) } },
  weights(_config, [kernel, recurrent, bias, ...more]) {
    if (!kernel || !recurrent || more.length > 0) return undefined;
    const size = recurrent.shape[0] ?? 0;
    const all = bias ?? filled([4 * size], 0);
    const part = (k: number): StoredTensor =>
      made(all, [(all.shape[0] ?? 0) / 4], async () => (await all.values()).slice(k * size, (k + 1) * size));
    return {
      kernel,
      recurrent,
      'input bias': part(0),
      'forget bias': part(1),
      'cell bias': part(2),
      'output bias': part(3),
    };
  },
};

export const gru: Counterpart = {
  of: 'GRU',
  place: (config) =>
    config['reset_after'] !== true
      ? 'it is reset before the product (reset_after is not true)'
      : (otherwise(config) ?? { layer: { layer: 'gru', units: config['units'] as number, gives: gives(config) } }),
  weights(_config, [kernel, recurrent, bias, ...more]) {
    if (!kernel || !recurrent || more.length > 0) return undefined;
    const size = 3 * (recurrent.shape[0] ?? 0);
    const both = bias ?? filled([2, size], 0);
    const part = (k: number): StoredTensor =>
      made(both, both.shape.slice(1), async () => (await both.values()).slice(k * size, (k + 1) * size));
    return { kernel, recurrent, bias: part(0), 'recurrent bias': part(1) };
  },
};
