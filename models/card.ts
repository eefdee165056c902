import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import { cardOfFormat1, FORMAT_1 } from './format-1.js';
import { COLUMN_TYPES } from '@trainyard/tables/schema';
import { taskSchema } from './tasks/index.js';

/** Format of the files that this version writes. It reads `trainyard.model/1` too. */
export const MODEL_FORMAT = 'trainyard.model/2';

/** Files of a model artifact beside those of its kind. */
export const MODEL_FILES = { card: 'model.json', transform: 'transform.json', sample: 'sample.json' } as const;

const json = z.json();

/** A column that a request must bring; `null` where it is not known. */
export const modelInput = z.object({
  name: z.string(),
  /**
   * The type of its column in training: a request is read by it. `time`: text of a date or time in ISO 8601, as `timestamp` and
   * `date` are; `image`: its file's bytes in base 64.
   */
  type: z.enum([...COLUMN_TYPES, 'time', 'image']),
  /** Values seen in training, for categorical columns. Others are handled as the transform was fitted. */
  categories: z.array(z.string()).optional(),
  /** Smallest and largest value seen in training, for numeric columns that had any. */
  range: z.tuple([z.number(), z.number()]).optional(),
});

/** What `model.json` says: everything about a model but its numbers. It holds no times, so equal training gives equal bytes. */
export const modelCard = z.object({
  format: z.literal(MODEL_FORMAT),
  name: z.string().optional(),
  /** Which model kind opens it. */
  kind: z.string(),
  task: taskSchema,
  inputs: z.array(modelInput),
  /** Whether rows go through `transform.json` before they are scored. */
  transformed: z.boolean(),
  /** The kind's own part. */
  settings: json,
  /** Names of the kind's own files, sorted. */
  files: z.array(z.string()),
  /** Figures by the part of the data that they were measured on. */
  metrics: z.record(z.string(), json),
  /** How it was trained: node, parameters, seed, threads, rows, where it stopped. */
  training: z.record(z.string(), json),
  libraries: z.record(z.string(), z.string()),
});

export type ModelCard = z.output<typeof modelCard>;
export type ModelInput = z.output<typeof modelInput>;

/** A card from the text of `model.json`, of this format or the one before. Throws a UserError when it is none. */
export function parseCard(text: string): ModelCard {
  const where = { file: MODEL_FILES.card };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError("the model's card is not JSON", { where, cause, remedy: DAMAGED });
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (format !== MODEL_FORMAT && format !== FORMAT_1) {
    throw new UserError('the model is of a format that this version does not know', {
      where,
      expected: `${MODEL_FORMAT} or ${FORMAT_1}`,
      actual: String(format),
      remedy: 'open it with the version that made it, or train it again with this one',
    });
  }
  const parsed = modelCard.safeParse(format === FORMAT_1 ? cardOfFormat1(value) : value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UserError(`the model's card is not valid: ${issue?.path.join('.')}: ${issue?.message}`, {
    where,
    remedy: DAMAGED,
  });
}

/** What to do about a model whose files contradict each other. */
export const DAMAGED = 'take another copy of the model, or train it again';
