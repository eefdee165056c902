import { z } from 'zod';
import { json, model, node, optional, report, table, transform } from '../../../core/index.js';
import { classWeights, curvesFigures, focal, label, labelSmoothing, trainingFigures } from '../contract.js';
import { layersSchema } from '../layers/index.js';
import { loopParameters, NOT_IN_KEY } from '../net/parameters.js';

/** The phase in which the head alone is trained. */
const headPhase = z.strictObject({
  epochs: z.number().int().min(1).default(30).describe('most passes over the training rows'),
  learningRate: z.number().positive().max(10).default(0.003),
  patience: z.number().int().min(1).default(5).describe('looks without a lower validation loss after which it stops'),
});

/**
 * A net of layers that was trained before, here or elsewhere (`train.pretrained`), fitted to classes of another table: its last layers
 * make way for a head of their own. First the head alone is trained, then all that is not frozen, with a smaller rate.
 */
export const fineTuned = node({
  name: 'train.fineTuned',
  version: '1',
  title: 'Fits a pretrained net to a table of its own: classes',
  params: z.object({
    label,
    column: z
      .string()
      .min(1)
      .optional()
      .describe('nets of text: the column that holds it; that of the base by default'),
    replace: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe(
        'how many of the last layers make way for the head; by default the one that answers, none of a net that gives vectors',
      ),
    head: layersSchema.default([]).describe('layers of the head, before the one that the task adds'),
    freeze: z
      .union([z.literal('all'), z.number().int().min(0)])
      .default(0)
      .describe('how many of the first layers stay as they are; all: nothing but the head is trained'),
    first: headPhase.prefault({}).describe('the phase in which the head alone is trained'),
    ...loopParameters,
    learningRate: z.number().positive().max(10).default(0.0001).describe('size of a step of the phase of the whole'),
    epochs: z.number().int().min(1).default(10).describe('most passes of the phase of the whole'),
    patience: loopParameters.patience.default(3),
    labelSmoothing,
    focal,
    classWeights,
  }),
  inputs: { model, train: table, validation: optional(table), prep: optional(transform) },
  outputs: {
    model,
    figures: json(trainingFigures),
    head: report(curvesFigures),
    curves: report(curvesFigures),
  },
  seeded: true,
  tensorflow: true,
  resources: { cpu: 1, memory: '4GB' },
  notInKey: NOT_IN_KEY,
});
