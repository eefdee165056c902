import { z } from 'zod';
import { json, model, node, optional, report, table } from '../../../core/index.js';
import { classWeights, curvesFigures, focal, label, labelSmoothing, trainingFigures } from '../contract.js';
import { loopParameters, NOT_IN_KEY } from '../net/parameters.js';
import { textModelParameter } from '../presets/index.js';

/** A net over a column of raw text, whose words it learns itself: for classes. The model takes raw text. */
export const textNet = node({
  name: 'train.textNet',
  version: '1',
  title: 'Neural net over raw text, with a vocabulary of its own: classes',
  params: z.object({
    label,
    column: z.string().min(1).describe('column of text'),
    steps: z.number().int().min(1).max(1024).default(64).describe('words of a text; what follows is left out'),
    words: z
      .number()
      .int()
      .min(1)
      .max(200_000)
      .default(20_000)
      .describe('most words of the vocabulary, the most frequent ones'),
    least: z
      .number()
      .int()
      .min(1)
      .default(2)
      .describe('how often a word must be in the training texts; others are unknown'),
    model: textModelParameter
      .prefault({ preset: 'bag' })
      .describe('a preset by its name, with what it takes: bag, recurrent, transformer'),
    ...loopParameters,
    labelSmoothing,
    focal,
    classWeights,
  }),
  inputs: { train: table, validation: optional(table) },
  outputs: { model, figures: json(trainingFigures), curves: report(curvesFigures) },
  seeded: true,
  tensorflow: true,
  resources: { cpu: 1 },
  notInKey: NOT_IN_KEY,
  continuesOver: 'epochs',
});
