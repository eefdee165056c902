import { affineWeights } from './dense.js';
import { activatedLayer, even, unlike, type Counterpart } from './counterpart.js';

export const conv2d: Counterpart = {
  of: 'Conv2D',
  place(config) {
    const [size, stride] = [even(config['kernel_size']), even(config['strides'] ?? 1)];
    if (size === undefined || stride === undefined) return 'its kernel or its strides are not square';
    return (
      unlike(config, {
        data_format: ['channels_last', null],
        dilation_rate: [1, [1, 1]],
        groups: [1],
        padding: ['same', 'valid'],
      }) ??
      activatedLayer(config, {
        layer: 'conv2d',
        filters: config['filters'] as number,
        size,
        stride,
        padding: (config['padding'] as string | undefined) ?? 'valid',
      })
    );
  },
  weights: affineWeights,
};

const pooling = (of: string, ours: 'max' | 'mean'): Counterpart => ({
  of,
  place(config) {
    const size = even(config['pool_size'] ?? 2);
    if (size === undefined || even(config['strides'] ?? size) !== size) return 'its strides are not its size';
    return (
      unlike(config, { data_format: ['channels_last', null], padding: ['valid'] }) ?? {
        layer: { layer: 'pool2d', of: ours, size },
      }
    );
  },
});

const overall = (of: string, ours: 'max' | 'mean'): Counterpart => ({
  of,
  place: (config) =>
    unlike(config, { data_format: ['channels_last', null], keepdims: [false] }) ?? {
      layer: { layer: 'pool', of: ours },
    },
});

export const pools = [
  pooling('MaxPooling2D', 'max'),
  pooling('AveragePooling2D', 'mean'),
  overall('GlobalMaxPooling2D', 'max'),
  overall('GlobalAveragePooling2D', 'mean'),
  overall('GlobalMaxPooling1D', 'max'),
  overall('GlobalAveragePooling1D', 'mean'),
];
