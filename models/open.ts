import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isTrainyardError, UserError } from '../core/errors/index.js';
import { parseTransform } from '../transforms/index.js';
import { DAMAGED, MODEL_FILES, parseCard } from './card.js';
import { scorerOf } from './learners/index.js';
import { joinPredictor, type Predictor } from './predictor.js';
import { checkSample } from './sample.js';
import { unpackTensors } from './tensors.js';

/** Where a model's files are: an artifact given to a node, a folder's path, or contents by name. */
export type ModelSource =
  { bytes(file: string): Promise<Uint8Array> } | string | Readonly<Record<string, Uint8Array | string>>;

/**
 * Opens a model for prediction, without TensorFlow, and lets it answer its own sample. Throws a UserError when a file
 * is missing or damaged, when files contradict each other, or when the format or the learner is unknown; TY-MODEL-UNFIT
 * when the answers differ from those kept by more than `SAMPLE_TOLERANCE`.
 */
export async function openModel(source: ModelSource): Promise<Predictor> {
  const read = readerOf(source);
  const text = async (file: string): Promise<string> => new TextDecoder().decode(await read(file));
  const card = parseCard(await text(MODEL_FILES.card));
  const [transform, sample] = [await text(MODEL_FILES.transform), await text(MODEL_FILES.sample)];
  const weights = await read(MODEL_FILES.weights);
  try {
    const scorer = scorerOf(card.learner, card.architecture, unpackTensors(card.tensors, weights));
    const predictor = joinPredictor(card, parseTransform(transform), scorer);
    await checkSample(predictor, sample);
    return predictor;
  } catch (error) {
    if (isTrainyardError(error)) throw error;
    throw new UserError("the model's files contradict each other", {
      actual: error instanceof Error ? error.message : String(error),
      cause: error,
      remedy: DAMAGED,
    });
  }
}

function readerOf(source: ModelSource): (file: string) => Promise<Uint8Array> {
  if (typeof source === 'string') {
    return (file) =>
      readFile(join(source, file)).catch((cause: unknown) => {
        throw missing(file, cause);
      });
  }
  if (typeof source.bytes === 'function')
    return (file) => (source as { bytes(f: string): Promise<Uint8Array> }).bytes(file);
  const contents = source as Readonly<Record<string, Uint8Array | string>>;
  return async (file) => {
    const content = contents[file];
    if (content === undefined) throw missing(file);
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  };
}

function missing(file: string, cause?: unknown): UserError {
  return new UserError(`the model lacks its file ${file}`, { where: { file }, cause, remedy: DAMAGED });
}
