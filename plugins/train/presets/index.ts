import { z } from 'zod';
import { layersSchema, type Layers, type Shape } from '../layers/index.js';
import { cnn } from './cnn.js';
import type { Preset } from './preset.js';
import { recurrent } from './recurrent.js';
import { transformer } from './transformer.js';

const PRESETS = [cnn, recurrent, transformer] as const;
const BY_NAME = new Map<string, Preset>(PRESETS.map((one) => [one.name, one as unknown as Preset]));

/** A net as plain data: a preset with its settings, or layers. */
export const modelParameter = z.union([
  z.discriminatedUnion('preset', [cnn.settings, recurrent.settings, transformer.settings]),
  layersSchema,
]);

/** The layers that a parameter says, for rows of this shape. */
export function layersOf(model: z.output<typeof modelParameter>, input: Shape): Layers {
  if (!('preset' in model)) return model;
  return layersSchema.parse(BY_NAME.get(model.preset)!.layers(model, input));
}

/** Whether its first layer takes codes, which may be missing. */
export const startsInCodes = (model: z.output<typeof modelParameter>): boolean =>
  'preset' in model ? 'codes' in model && model.codes !== undefined : model[0]?.layer === 'embedding';
