import { isTrainyardError, UserError } from '@trainyard/errors';
import { parseTransform } from '@trainyard/transforms';
import type { Json } from '../core/json.js';
import type { PartsOnHand } from '../core/provided-parts.js';
import { DAMAGED, MODEL_FILES, parseCard, type ModelCard } from './card.js';
import type { FeatureScorer, ModelKind } from './kind.js';
import { kindOnHand } from './provided-kinds.js';
import { joinPredictor, type Predictor } from './predictor.js';
import { checkSample } from './sample.js';
import { filesOf, type FileContent, type ModelFiles, type ModelSource } from './source.js';
import type { ModelTask } from './tasks/index.js';
import { unfit } from './tensors.js';

/**
 * Opens a model for prediction by its kind, and lets it answer its own sample. Throws a UserError when a file is missing
 * or damaged, when files contradict each other, or when the format or the kind is unknown; TY-MODEL-UNFIT when the
 * answers differ from those kept by more than `SAMPLE_TOLERANCE`. Whoever opens a model disposes of it. Its kind is looked
 * for among the `parts` given, else among those of this process.
 */
export async function openModel(source: ModelSource, parts?: PartsOnHand): Promise<Predictor> {
  const files = filesOf(source);
  try {
    const card = parseCard(await files.text(MODEL_FILES.card));
    const kind = await kindOnHand(card.kind, parts);
    const sample = await files.text(MODEL_FILES.sample);
    const predictor = await joinModel(kind, card, files);
    try {
      await checkSample(predictor, sample);
    } catch (error) {
      await predictor.dispose();
      throw error;
    }
    return predictor;
  } catch (error) {
    await files.dispose();
    if (isTrainyardError(error)) throw error;
    throw new UserError("the model's files contradict each other", {
      actual: error instanceof Error ? error.message : String(error),
      cause: error,
      remedy: DAMAGED,
    });
  }
}

/**
 * Lets a model in the making score features, as it will be opened later, and disposes of it. Throws a UserError when its
 * kind takes no features.
 */
export async function openScorer<Given>(
  model: {
    readonly kind: ModelKind;
    readonly task: ModelTask;
    readonly settings: Json;
    readonly files: Readonly<Record<string, FileContent>>;
  },
  use: (score: FeatureScorer['score'], width: number) => Given | Promise<Given>,
): Promise<Given> {
  const files = filesOf(model.files);
  const { kind, task } = model;
  const settings = kind.settings.parse(model.settings);
  const scorer = await kind.open({ task, settings, inputs: [], bytes: files.bytes, path: files.path });
  try {
    if (scorer.takes !== 'features') throw unfit(`models of the kind "${kind.name}" take rows, not features`);
    return await use((features, rows) => scorer.score(features, rows), scorer.width);
  } finally {
    await scorer.dispose?.();
    await files.dispose();
  }
}

/** Opens a model's scorer from its files, and joins it with the card and the transform. */
export async function joinModel(kind: ModelKind, card: ModelCard, files: ModelFiles): Promise<Predictor> {
  if (!kind.tasks.includes(card.task.type))
    throw new UserError(`models of the kind "${kind.name}" have no task of type ${card.task.type}`, {
      where: { file: MODEL_FILES.card, field: 'task.type' },
      expected: kind.tasks.join(', '),
      actual: card.task.type,
    });
  const settings = kind.settings.safeParse(card.settings);
  if (!settings.success) {
    const issue = settings.error.issues[0];
    throw new UserError(`the settings of the kind "${kind.name}" are not valid: ${issue?.message}`, {
      where: { file: MODEL_FILES.card, field: ['settings', ...(issue?.path ?? [])].join('.') },
      remedy: DAMAGED,
    });
  }
  const transform = card.transformed ? parseTransform(await files.text(MODEL_FILES.transform)) : undefined;
  const scorer = await kind.open({
    task: card.task,
    settings: settings.data,
    inputs: card.inputs,
    bytes: (file) => files.bytes(file),
    path: (file) => files.path(file),
  });
  return joinPredictor(kind, card, transform, scorer, () => files.dispose());
}
