import { z } from 'zod';
import { TrainyardError, UserError } from '../core/errors/index.js';
import type { FeatureRow } from '../transforms/index.js';
import { DAMAGED, MODEL_FILES, type ModelInput } from './card.js';
import type { Predictor } from './predictor.js';

/** Rows that a model keeps to prove itself with. */
const SAMPLE_ROWS = 20;

/** How far a probability may lie from the kept one: JavaScript engines may differ in the last bits of `exp`. */
export const SAMPLE_TOLERANCE = 1e-6;

const sampleSchema = z.object({
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  /** `[rows, classes]` */
  probabilities: z.array(z.array(z.number())),
});

/** Text of `sample.json`: up to 20 rows, evenly spread over those given, with what the model answers. */
export async function writeSample(
  predictor: Predictor,
  inputs: readonly ModelInput[],
  rows: readonly FeatureRow[],
): Promise<string> {
  const count = Math.min(SAMPLE_ROWS, rows.length);
  const chosen = Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!);
  const kept = chosen.map((row) => Object.fromEntries(inputs.map(({ name }) => [name, cellOf(row[name])])));
  const classes = predictor.classes.length;
  const values = await predictor.score(kept);
  const probabilities = kept.map((_, i) => [...values.subarray(i * classes, (i + 1) * classes)]);
  return `${JSON.stringify({ rows: kept, probabilities })}\n`;
}

/** Lets an opened model answer its own sample. Throws TY-MODEL-UNFIT when it no longer answers as when it was written. */
export async function checkSample(predictor: Predictor, text: string): Promise<void> {
  const where = { file: MODEL_FILES.sample };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError("the model's sample is not JSON", { where, cause, remedy: DAMAGED });
  }
  const parsed = sampleSchema.safeParse(value);
  if (!parsed.success) throw new UserError("the model's sample is not valid", { where, remedy: DAMAGED });
  const { rows, probabilities } = parsed.data;
  const actual = await predictor.score(rows);
  const classes = predictor.classes.length;
  probabilities.forEach((expected, row) => {
    for (let k = 0; k < classes; k++) {
      const given = actual[row * classes + k]!;
      if (Math.abs(given - (expected[k] ?? NaN)) <= SAMPLE_TOLERANCE) continue;
      throw new TrainyardError('TY-MODEL-UNFIT', {
        what: 'the model does not answer its own sample as it did when it was written',
        where: { ...where, row },
        expected: `${predictor.classes[k]} with probability ${expected[k]}, to ${SAMPLE_TOLERANCE}`,
        actual: String(given),
      });
    }
  });
}

/** A cell as JSON holds it. */
function cellOf(cell: FeatureRow[string]): string | number | boolean | null {
  return cell === undefined || (typeof cell === 'number' && !Number.isFinite(cell)) ? null : cell;
}
