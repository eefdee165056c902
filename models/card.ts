import { z } from 'zod';
import { UserError } from '../core/errors/index.js';

/** Format of the files that this version writes, and the only one that it reads. */
export const MODEL_FORMAT = 'trainyard.model/1';

/** Files of a model artifact. */
export const MODEL_FILES = {
  card: 'model.json',
  weights: 'weights.bin',
  transform: 'transform.json',
  sample: 'sample.json',
} as const;

const json = z.json();

/** A column that a request must bring; `null` where it is not known. */
const modelInput = z.object({
  name: z.string(),
  type: z.enum(['number', 'text']),
  /** Values seen in training, for categorical columns. Others are handled as the transform was fitted. */
  categories: z.array(z.string()).optional(),
  /** Smallest and largest value seen in training, for numeric columns that had any. */
  range: z.tuple([z.number(), z.number()]).optional(),
});

/** An array of `weights.bin`: little-endian, row-major, at a byte offset that is a multiple of 8. */
const tensorPlace = z.object({
  name: z.string(),
  dtype: z.enum(['float32', 'float64']),
  shape: z.array(z.number().int().nonnegative()),
  offset: z.number().int().nonnegative(),
});

/** What `model.json` says: everything about a model but its numbers. It holds no times, so equal training gives equal bytes. */
export const modelCard = z.object({
  format: z.literal(MODEL_FORMAT),
  name: z.string().optional(),
  /** Which learner reads the architecture and the weights. */
  learner: z.string(),
  task: z.enum(['classification']),
  /** Column that it was trained to predict. */
  label: z.string(),
  /** In the order of the probabilities. */
  classes: z.array(z.string()).min(1),
  /** Two classes only: the second one is answered from this probability on; without it the most probable class is. */
  threshold: z.number().min(0).max(1).optional(),
  inputs: z.array(modelInput),
  /** The learner's own structure. */
  architecture: json,
  tensors: z.array(tensorPlace),
  /** Figures by the part of the data that they were measured on. */
  metrics: z.record(z.string(), json),
  /** How it was trained: node, parameters, seed, threads, rows, where it stopped. */
  training: z.record(z.string(), json),
  libraries: z.record(z.string(), z.string()),
});

export type ModelCard = z.output<typeof modelCard>;
export type ModelInput = z.output<typeof modelInput>;
export type TensorPlace = z.output<typeof tensorPlace>;

/** A card from the text of `model.json`. Throws a UserError when it is none, or of another version's format. */
export function parseCard(text: string): ModelCard {
  const where = { file: MODEL_FILES.card };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError("the model's card is not JSON", { where, cause, remedy: DAMAGED });
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (format !== MODEL_FORMAT) {
    throw new UserError('the model is of a format that this version does not know', {
      where,
      expected: MODEL_FORMAT,
      actual: String(format),
      remedy: 'open it with the version that made it, or train it again with this one',
    });
  }
  const parsed = modelCard.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UserError(`the model's card is not valid: ${issue?.path.join('.')}: ${issue?.message}`, {
    where,
    remedy: DAMAGED,
  });
}

/** What to do about a model whose files contradict each other. */
export const DAMAGED = 'take another copy of the model, or train it again';
