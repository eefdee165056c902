import type { OutputArtifact } from '../core/artifact.js';
import { canonical, type Json } from '../core/json.js';
import type { Model } from '../core/kinds.js';
import { transformInputs, type FeatureRow, type FittedTransform } from '../transforms/index.js';
import { MODEL_FILES, MODEL_FORMAT, type ModelCard, type ModelInput } from './card.js';
import { scorerOf } from './learners/index.js';
import { joinPredictor } from './predictor.js';
import { writeSample } from './sample.js';
import { packTensors, type Tensors } from './tensors.js';

/** What a trainer knows of the model that it made. */
export interface ModelParts {
  readonly name?: string | undefined;
  /** Name of a learner in `models/learners`. */
  readonly learner: string;
  /** Column that it predicts. */
  readonly label: string;
  readonly classes: readonly string[];
  /** Two classes only; see the card. */
  readonly threshold?: number | undefined;
  readonly architecture: Json;
  readonly tensors: Tensors;
  readonly transform: FittedTransform;
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
  readonly learner: string;
  readonly label: string;
  readonly classes: readonly string[];
  readonly metrics: Readonly<Record<string, Json>>;
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
}

/**
 * A model artifact from its parts: card, weights, transform and a sample of answers. Throws a UserError when the parts
 * do not fit each other, a RangeError when a weight is not finite.
 */
export async function writeModel(parts: ModelParts): Promise<OutputArtifact<Model>> {
  const { places, bytes } = packTensors(parts.tensors);
  const inputs = inputsOf(parts.transform, parts.ranges ?? {});
  const card: ModelCard = {
    format: MODEL_FORMAT,
    ...(parts.name === undefined ? {} : { name: parts.name }),
    learner: parts.learner,
    task: 'classification',
    label: parts.label,
    classes: [...parts.classes],
    ...(parts.threshold === undefined ? {} : { threshold: parts.threshold }),
    inputs,
    architecture: parts.architecture as ModelCard['architecture'],
    tensors: places,
    metrics: { ...parts.metrics } as ModelCard['metrics'],
    training: { ...parts.training } as ModelCard['training'],
    libraries: { ...parts.libraries },
  };
  const scorer = scorerOf(parts.learner, parts.architecture, parts.tensors);
  const predictor = joinPredictor(card, parts.transform, scorer);
  const summary: ModelSummary = {
    ...(parts.name === undefined ? {} : { name: parts.name }),
    learner: parts.learner,
    label: parts.label,
    classes: parts.classes,
    metrics: parts.metrics,
    inputs: inputs.map(({ name, type }) => ({ name, type })),
  };
  return {
    value: summary as unknown as Json,
    files: {
      [MODEL_FILES.card]: `${canonical(card)}\n`,
      [MODEL_FILES.weights]: bytes,
      [MODEL_FILES.transform]: `${canonical(parts.transform)}\n`,
      [MODEL_FILES.sample]: await writeSample(predictor, inputs, parts.rows),
    },
  };
}

/** The columns that a transform reads, each once. */
function inputsOf(transform: FittedTransform, ranges: NonNullable<ModelParts['ranges']>): ModelInput[] {
  const inputs = new Map<string, ModelInput>();
  for (const { name, type, categories } of transformInputs(transform)) {
    const range = type === 'number' && Object.hasOwn(ranges, name) ? ranges[name] : undefined;
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
