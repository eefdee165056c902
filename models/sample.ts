import { z } from 'zod';
import { TrainyardError, UserError } from '@trainyard/errors';
import type { FeatureRow } from '@trainyard/transforms';
import { DAMAGED, MODEL_FILES } from './card.js';
import { sampleOfFormat1 } from './format-1.js';
import type { Predictor } from './predictor.js';

/** The file of a model artifact that holds its sample. */
export const MODEL_SAMPLE = MODEL_FILES.sample;

/** Rows that a model keeps to prove itself with. */
const SAMPLE_ROWS = 20;

/**
 * How far a number may lie from the kept one, in units of the larger of it and 1: JavaScript engines may differ in the last
 * bits of `exp`.
 */
export const SAMPLE_TOLERANCE = 1e-6;

const sampleSchema = z.object({
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  /** `[rows, outputs]` */
  outputs: z.array(z.array(z.number())),
});

/** Text of `sample.json`: up to 20 rows, evenly spread over those given, with what the model answers. */
export async function writeSample(predictor: Predictor, rows: readonly FeatureRow[]): Promise<string> {
  const count = Math.min(SAMPLE_ROWS, rows.length);
  const chosen = Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!);
  // Rows of the training table, which have gone through all rules.
  const names = predictor.needs(predictor.rules.length);
  const kept = chosen.map((row) => Object.fromEntries(names.map((name) => [name, cellOf(row[name])])));
  const width = predictor.outputs.length;
  const values = await predictor.score(kept);
  const outputs = kept.map((_, i) => [...values.subarray(i * width, (i + 1) * width)]);
  return `${JSON.stringify({ rows: kept, outputs })}\n`;
}

/** Rows of a sample, and what the model answered when it was written. Throws a UserError for a text that is none. */
export function readSample(text: string): z.output<typeof sampleSchema> {
  const where = { file: MODEL_FILES.sample };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError("the model's sample is not JSON", { where, cause, remedy: DAMAGED });
  }
  const parsed = sampleSchema.safeParse(sampleOfFormat1(value));
  if (!parsed.success) throw new UserError("the model's sample is not valid", { where, remedy: DAMAGED });
  return parsed.data;
}

/** Lets an opened model answer its own sample. Throws TY-MODEL-UNFIT when it no longer answers as when it was written. */
export async function checkSample(predictor: Predictor, text: string): Promise<void> {
  const { rows, outputs } = readSample(text);
  const actual = await predictor.score(rows);
  const names = predictor.outputs;
  outputs.forEach((expected, row) => {
    for (const [k, name] of names.entries()) {
      const given = actual[row * names.length + k]!;
      const kept = expected[k] ?? NaN;
      if (Math.abs(given - kept) <= SAMPLE_TOLERANCE * Math.max(1, Math.abs(kept))) continue;
      throw new TrainyardError('TY-MODEL-UNFIT', {
        what: 'the model does not answer its own sample as it did when it was written',
        where: { file: MODEL_FILES.sample, row },
        expected: `${name}: ${expected[k]}, to ${SAMPLE_TOLERANCE}`,
        actual: String(given),
      });
    }
  });
}

/** A cell as JSON holds it. */
function cellOf(cell: FeatureRow[string]): string | number | boolean | null {
  return cell === undefined || (typeof cell === 'number' && !Number.isFinite(cell)) ? null : cell;
}
