import { z } from 'zod';
import { modelParameter } from '../presets/index.js';

/** What a net of any layers is made of. */
export const layeredParameters = {
  input: z
    .array(z.number().int().min(1))
    .min(1)
    .max(3)
    .optional()
    .describe('shape of a row’s features, such as [28, 28, 1] or [steps, channels]; by default all in one axis'),
  model: modelParameter.describe(
    'a preset by its name, with what it takes (bag, cnn, dense, recurrent, tcn, transformer), or layers in their order',
  ),
};

const all = z.object(layeredParameters);
export type LayeredParameters = z.output<typeof all>;
