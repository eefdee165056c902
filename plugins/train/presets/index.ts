import { z } from 'zod';
import { layersSchema, type Layers, type Shape } from '../layers/index.js';
import { bag } from './bag.js';
import { cnn } from './cnn.js';
import type { Preset } from './preset.js';
import { recurrent } from './recurrent.js';
import { transformer } from './transformer.js';

const PRESETS = [bag, cnn, recurrent, transformer] as const;
const BY_NAME = new Map<string, Preset>(PRESETS.map((one) => [one.name, one as unknown as Preset]));

/** A net as plain data: a preset with its settings, or layers. */
export const modelParameter = z.union([
  z.discriminatedUnion('preset', [bag.settings, cnn.settings, recurrent.settings, transformer.settings]),
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

/** A preset for texts: how many words there are is not known before they are learned. */
export const textModelParameter = z.discriminatedUnion('preset', [
  bag.settings.omit({ codes: true }),
  recurrent.settings.omit({ codes: true }),
  transformer.settings.omit({ codes: true }),
]);

/** Its layers over so many words and steps; padding is left out. */
export function textLayersOf(model: z.output<typeof textModelParameter>, codes: number, steps: number): Layers {
  const [first, ...rest] = layersOf({ ...model, codes }, [steps]);
  return [{ ...first!, mask: true } as Layers[number], ...rest];
}
