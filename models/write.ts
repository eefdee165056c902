import type { OutputArtifact } from '../core/artifact.js';
import { canonical, type Json } from '../core/json.js';
import type { Model } from '../core/kinds.js';
import { inputsAfter, type FeatureRow, type FittedTransform } from '@trainyard/transforms';
import { MODEL_FILES, MODEL_FORMAT, parseCard, type ModelInput } from './card.js';
import type { ModelKind } from './kind.js';
import { joinModel } from './open.js';
import { writeSample } from './sample.js';
import { filesOf, type FileContent } from './source.js';
import type { ModelTask } from './tasks/index.js';

/** What a trainer knows of the model that it made. */
export interface TrainedModel {
  readonly name?: string | undefined;
  readonly kind: ModelKind;
  readonly task: ModelTask;
  /** The kind's own part of the card: plain JSON. */
  readonly settings: Json;
  /** The kind's own files. */
  readonly files: Readonly<Record<string, FileContent>>;
  /** What rows go through before they are scored, where the kind takes features. */
  readonly transform?: FittedTransform | undefined;
  /** Columns that a request must bring. Default: those that the transform reads. */
  readonly inputs?: readonly ModelInput[] | undefined;
  /** Figures by the part of the data that they were measured on, such as `validation`. */
  readonly metrics: Readonly<Record<string, Json>>;
  /** How it was trained; no times, so that equal training gives equal bytes. */
  readonly training: Readonly<Record<string, Json>>;
  readonly libraries: Readonly<Record<string, string>>;
  /** Smallest and largest value of numeric columns in training, by column. */
  readonly ranges?: Readonly<Record<string, readonly [number, number]>> | undefined;
  /** Rows to take the sample from, as the model gets them. */
  readonly rows: readonly FeatureRow[];
}

/** A model's summary, which travels with its reference. */
export interface ModelSummary {
  readonly name?: string;
  readonly kind: string;
  readonly task: ModelTask;
  readonly metrics: Readonly<Record<string, Json>>;
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
}

/**
 * A model artifact from its parts: card, the kind's files, transform and a sample of answers. Throws a UserError when the
 * parts do not fit each other.
 */
export async function writeModel(model: TrainedModel): Promise<OutputArtifact<Model>> {
  const { transform } = model;
  const inputs = [...(model.inputs ?? (transform ? inputsOf(transform, model.ranges ?? {}) : []))];
  const named = model.name === undefined ? {} : { name: model.name };
  const text = `${canonical({
    format: MODEL_FORMAT,
    ...named,
    kind: model.kind.name,
    task: model.task,
    inputs,
    transformed: transform !== undefined,
    settings: model.settings,
    files: Object.keys(model.files).sort(),
    metrics: model.metrics,
    training: model.training,
    libraries: model.libraries,
  })}\n`;
  // As whoever opens it will: from the card's own text and the kind's own files.
  const card = parseCard(text);
  const content: Record<string, FileContent> = {
    ...model.files,
    [MODEL_FILES.card]: text,
    ...(transform ? { [MODEL_FILES.transform]: `${canonical(transform)}\n` } : {}),
  };
  const files = filesOf(content);
  const predictor = await joinModel(model.kind, card, files);
  try {
    const sample = await writeSample(predictor, model.rows);
    const summary: ModelSummary = {
      ...named,
      kind: card.kind,
      task: card.task,
      metrics: model.metrics,
      inputs: inputs.map(({ name, type }) => ({ name, type })),
    };
    return { value: summary as unknown as Json, files: { ...content, [MODEL_FILES.sample]: sample } };
  } finally {
    await predictor.dispose();
  }
}

/** The columns that a request must bring, each once. */
function inputsOf(transform: FittedTransform, ranges: NonNullable<TrainedModel['ranges']>): ModelInput[] {
  const inputs = new Map<string, ModelInput>();
  for (const { name, type, categories } of inputsAfter(transform, 0)) {
    const numeric = type === 'number' || type === 'integer';
    const range = numeric && Object.hasOwn(ranges, name) ? ranges[name] : undefined;
    if (inputs.has(name)) continue;
    inputs.set(name, {
      name,
      type,
      ...(categories ? { categories: [...categories] } : {}),
      ...(range ? { range: [range[0], range[1]] } : {}),
    });
  }
  return [...inputs.values()];
}
