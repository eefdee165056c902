import { z } from 'zod';
import type { LayersInput } from '../layers/index.js';
import { preset } from './preset.js';

/** Pictures `[height, width, channels]`: blocks of two convolutions and a pool, each with twice the filters of the one before. */
export const cnn = preset({
  name: 'cnn',
  settings: z.strictObject({
    preset: z.literal('cnn'),
    filters: z.number().int().min(1).max(512).default(16).describe('of the first block'),
    blocks: z.number().int().min(1).max(6).default(2).describe('fewer where the picture is smaller'),
    units: z.number().int().min(1).max(4096).default(64).describe('of the dense layer behind them'),
    dropout: z.number().min(0).max(0.95).default(0.3),
    normalise: z
      .boolean()
      .default(false)
      .describe('batch normalisation behind each convolution, before its activation'),
    shift: z.number().int().min(0).max(64).default(0).describe('augmentation: pixels by which pictures are moved'),
    flip: z.boolean().default(false).describe('augmentation: pictures are mirrored'),
  }),
  layers: ({ filters, blocks, units, dropout, normalise, shift, flip }, input) => {
    // A pool halves the picture; two pixels are the least that it takes. What is no picture is left to the layers to refuse.
    const [height, width] = input.length === 3 ? (input as [number, number]) : [Infinity, Infinity];
    const most = Math.min(blocks, Math.floor(Math.log2(Math.min(height, width))));
    return [
      ...(shift > 0 ? [{ layer: 'shift' as const, pixels: shift }] : []),
      ...(flip ? [{ layer: 'flip' as const }] : []),
      ...Array.from({ length: most }, (_, i) => [
        ...convolution(filters * 2 ** i, normalise),
        ...convolution(filters * 2 ** i, normalise),
        { layer: 'pool2d' as const },
      ]).flat(),
      { layer: 'flatten' as const },
      { layer: 'dense' as const, units },
      { layer: 'dropout' as const, share: dropout },
    ];
  },
});

const convolution = (filters: number, normalise: boolean): LayersInput =>
  normalise
    ? [{ layer: 'conv2d', filters, activation: 'linear' }, { layer: 'batchNorm' }, { layer: 'activation', of: 'relu' }]
    : [{ layer: 'conv2d', filters }];
