import { z } from 'zod';
import { file, json, many, modelOf, node } from '../../../core/index.js';

/** What is known of weights once they are opened. */
export const pretrainedFigures = z.object({
  format: z.string().describe('in which they were published'),
  made: z.string().nullable().describe('by what, where the files say it'),
  layers: z.number().int(),
  parameters: z.number().int(),
  proved: z.number().int().describe('rows of the stored sample that the net answers as its origin does; 0: no sample'),
  worst: z.number().describe('largest difference of an answer from that of its origin'),
  files: z.record(z.string(), z.string()).describe('SHA-256 of each file, in hexadecimal'),
});

/**
 * Weights that were trained elsewhere, as a model that answers with vectors: the last layer's numbers, or its probabilities. What the
 * files are is told by their names; snapshots of files, folders, stores and addresses bring them.
 */
export const pretrained = node({
  name: 'train.pretrained',
  version: '1',
  title: 'Opens weights that were trained elsewhere: Keras, TensorFlow.js, safetensors of BERT',
  params: z.object({
    format: z.string().optional().describe('name of the format; by default as the names of the files say'),
    sha256: z
      .record(z.string(), z.string().regex(/^[0-9a-f]{64}$/))
      .default({})
      .describe('digests that files must have, by name; all files from an address need one'),
    sample: z
      .string()
      .default('sample.json')
      .describe(
        'a file { inputs, outputs } of what the origin answers: lists of numbers, or texts, and lists of numbers',
      ),
    tolerance: z.number().positive().default(1e-4).describe('by how much an answer may differ from the sample’s'),
    steps: z
      .number()
      .int()
      .min(3)
      .max(4096)
      .default(128)
      .describe('of nets of text: tokens of a text; longer ones are cut'),
    column: z.string().min(1).default('text').describe('of nets of text: the column that holds it'),
    columns: z
      .array(z.string().min(1))
      .optional()
      .describe('of other nets: columns of a row, in order; x0, x1 and so on by default'),
  }),
  inputs: { files: many(file) },
  outputs: { model: modelOf('embedding'), figures: json(pretrainedFigures) },
  asks: ['pretrained format'],
  resources: { memory: '2GB' },
});
