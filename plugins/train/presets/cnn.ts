import { z } from 'zod';
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
    shift: z.number().int().min(0).max(64).default(0).describe('augmentation: pixels by which pictures are moved'),
    flip: z.boolean().default(false).describe('augmentation: pictures are mirrored'),
  }),
  layers: ({ filters, blocks, units, dropout, shift, flip }, input) => {
    // A pool halves the picture; two pixels are the least that it takes. What is no picture is left to the layers to refuse.
    const [height, width] = input.length === 3 ? (input as [number, number]) : [Infinity, Infinity];
    const most = Math.min(blocks, Math.floor(Math.log2(Math.min(height, width))));
    return [
      ...(shift > 0 ? [{ layer: 'shift' as const, pixels: shift }] : []),
      ...(flip ? [{ layer: 'flip' as const }] : []),
      ...Array.from({ length: most }, (_, i) => [
        { layer: 'conv2d' as const, filters: filters * 2 ** i },
        { layer: 'conv2d' as const, filters: filters * 2 ** i },
        { layer: 'pool2d' as const },
      ]).flat(),
      { layer: 'flatten' as const },
      { layer: 'dense' as const, units },
      { layer: 'dropout' as const, share: dropout },
    ];
  },
});
