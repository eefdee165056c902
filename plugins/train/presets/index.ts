import { z } from 'zod';
import { layersSchema, type Layers, type Shape } from '../layers/index.js';
import { bag } from './bag.js';
import { cnn } from './cnn.js';
import { dense } from './dense.js';
import type { CodeColumn, Preset } from './preset.js';
import { recurrent } from './recurrent.js';
import { tcn } from './tcn.js';
import { transformer } from './transformer.js';

export type { CodeColumn } from './preset.js';

const PRESETS = [bag, cnn, dense, recurrent, tcn, transformer] as const;
const BY_NAME = new Map<string, Preset>(PRESETS.map((one) => [one.name, one as unknown as Preset]));

/** A net as plain data: a preset with its settings, or layers. */
export const modelParameter = z.union([
  z.discriminatedUnion('preset', [
    bag.settings,
    cnn.settings,
    dense.settings,
    recurrent.settings,
    tcn.settings,
    transformer.settings,
  ]),
  layersSchema,
]);

/** The layers that a parameter says, for rows of this shape. `codes` are the features that the transform gives as codes. */
export function layersOf(
  model: z.output<typeof modelParameter> | z.output<typeof seriesModelParameter>,
  input: Shape,
  codes: readonly CodeColumn[] = [],
): Layers {
  if (!('preset' in model)) return model;
  return layersSchema.parse(BY_NAME.get(model.preset)!.layers(model, input, codes));
}

/** A preset for windows of series, or layers. */
export const seriesModelParameter = z.union([
  z.discriminatedUnion('preset', [
    dense.settings.omit({ vector: true, unknown: true }),
    recurrent.settings.omit({ codes: true }),
    tcn.settings,
    transformer.settings.omit({ codes: true }),
  ]),
  layersSchema,
]);

/** Whether the net looks at a window step by step, or at all its numbers at once. */
export const looksAtSteps = (model: z.output<typeof seriesModelParameter>): boolean =>
  !('preset' in model) || model.preset !== 'dense';

/** Whether all numbers of a row are codes, which may be missing. */
export const startsInCodes = (model: z.output<typeof modelParameter>): boolean =>
  'preset' in model ? 'codes' in model && model.codes !== undefined : model[0]?.layer === 'embedding';

/** Whether some of the numbers may be codes, which may be missing. */
export const takesCodes = (model: z.output<typeof modelParameter>): boolean =>
  'preset' in model
    ? model.preset === 'dense' || startsInCodes(model)
    : startsInCodes(model) || model[0]?.layer === 'categories';

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
