import { z } from 'zod';
import { preset } from './preset.js';

/** Sequences `[steps, channels]`: convolutions that look back, each block twice as far as the one before, and the last step. */
export const tcn = preset({
  name: 'tcn',
  settings: z.strictObject({
    preset: z.literal('tcn'),
    filters: z.number().int().min(1).max(1024).default(32),
    size: z.number().int().min(2).max(16).default(3).describe('steps that a convolution looks at'),
    blocks: z
      .number()
      .int()
      .min(1)
      .max(10)
      .default(4)
      .describe('fewer where the sequence is shorter than they look back'),
    dropout: z.number().min(0).max(0.95).default(0.1),
  }),
  layers: ({ filters, size, blocks, dropout }, input) => {
    const [steps = 1] = input;
    // A block whose steps lie apart by more than there are sees nothing but itself.
    const most = Math.max(1, Math.min(blocks, Math.ceil(Math.log2(steps))));
    return [
      { layer: 'dense' as const, units: filters, activation: 'linear' as const },
      ...Array.from({ length: most }, (_, i) => ({
        layer: 'residual' as const,
        of: [
          { layer: 'conv1d' as const, filters, size, dilation: 2 ** i },
          { layer: 'dropout' as const, share: dropout },
          { layer: 'conv1d' as const, filters, size, dilation: 2 ** i },
          { layer: 'dropout' as const, share: dropout },
        ],
      })),
      { layer: 'last' as const },
    ];
  },
});
