import type { OutputArtifact } from '../../worker/index.js';
import type { Json, Model } from '../../core/index.js';
import {
  measureAnswers,
  openScorer,
  writeModel,
  type FeatureScorer,
  type FileContent,
  type ModelInput,
  type ModelKind,
  type ModelTask,
} from '../../models/index.js';
import { figuresOf, type Figures, type FiguresOf, type MeasuredTask, type TruthCell } from '@trainyard/metrics';
import type { FittedTransform } from '@trainyard/transforms';
import type { Dataset, NumberDataset, Rows } from './dataset.js';
import { atOnceOf, type HeldFeatures } from './feed/held.js';

/** Features as learners hold them. */
type Held = Float64Array | HeldFeatures;

/** A trained model before it is written. */
export interface Trained {
  readonly kind: ModelKind;
  /** The kind's own part of the card, and its files. */
  readonly settings: Json;
  readonly files: Readonly<Record<string, FileContent>>;
  /** How it came about; no times. */
  readonly training: Readonly<Record<string, unknown>>;
  readonly libraries: Readonly<Record<string, string>>;
  /** What scores the features of the rows, where the kind itself takes rows as they come. */
  readonly scored?: Pick<Trained, 'kind' | 'settings' | 'files'> | undefined;
}

/** What a model was trained on, and what its rows go through. */
export interface Given<Data extends Rows<unknown> = Dataset> {
  readonly label: string;
  /** None where the kind takes rows as they come, */
  readonly transform: FittedTransform | undefined;
  /** whose columns are these. */
  readonly inputs?: readonly ModelInput[] | undefined;
  readonly train: Data;
  readonly validation: Data | undefined;
}

export interface Surroundings<Data extends Rows<unknown> = Dataset> extends Given<Data> {
  readonly transform: FittedTransform;
}

export interface Outcome {
  readonly model: OutputArtifact<Model>;
  readonly figures: { readonly value: Figures & { readonly on: 'validation' | 'train' } };
  /** Probabilities `[rows, classes]` of the rows that the figures were measured on. */
  readonly probabilities: Float64Array;
}

/** Measures a trained model as it will answer when served, on validation rows where there are any, and writes it. */
export async function writeOutcome(trained: Trained, around: Given<Dataset<Held>>): Promise<Outcome> {
  const classes = around.train.classes.length;
  const task: ModelTask = { type: 'classification', label: around.label, classes: [...around.train.classes] };
  const { model, figures, answers } = await writeMeasured(trained, task, around, ({ labels }, values) =>
    figuresOf(labels, { values, classes }),
  );
  return { model, figures, probabilities: answers };
}

/** As `writeOutcome`, for a model that answers with numbers. */
export async function writeNumberOutcome(
  trained: Trained,
  around: Given<NumberDataset<Held>>,
): Promise<OutcomeOf<'regression'>> {
  const task = { type: 'regression' as const, label: around.label };
  return writeTaskOutcome(trained, task, around, ({ labels }) => [...labels]);
}

export interface OutcomeOf<Task extends MeasuredTask> {
  readonly model: OutputArtifact<Model<{ readonly task: Task }>>;
  readonly figures: { readonly value: FiguresOf<Task> & { readonly on: 'validation' | 'train' } };
  /** Answers `[rows, outputs]` of the rows that the figures were measured on. */
  readonly answers: Float64Array;
}

/** As `writeOutcome`, for a model of any task; `cells` are the labels as cells of its column, lists as JSON. */
export async function writeTaskOutcome<Task extends MeasuredTask, Data extends Rows<Held>>(
  trained: Trained,
  task: ModelTask & { readonly type: Task },
  around: Given<Data>,
  cells: (data: Data) => readonly TruthCell[],
): Promise<OutcomeOf<Task>> {
  const { model, figures, answers } = await writeMeasured(
    trained,
    task,
    around,
    (data, values) => measureAnswers(task, cells(data), values, data.groups) as unknown as FiguresOf<Task>,
  );
  return { model: model as OutputArtifact<Model<{ readonly task: Task }>>, figures, answers };
}

/** As `writeOutcome`, for a model that answers with quantiles of a number. */
export async function writeQuantileOutcome(
  trained: Trained,
  quantiles: readonly number[],
  around: Given<NumberDataset>,
): Promise<{
  readonly model: OutputArtifact<Model<{ readonly task: 'quantiles' }>>;
  readonly figures: { readonly value: FiguresOf<'quantiles'> & { readonly on: 'validation' | 'train' } };
}> {
  const task: ModelTask = { type: 'quantiles', label: around.label, quantiles: [...quantiles] };
  const { model, figures } = await writeMeasured(
    trained,
    task,
    around,
    ({ labels }, values) => measureAnswers(task, [...labels], values) as unknown as FiguresOf<'quantiles'>,
  );
  return { model: model as OutputArtifact<Model<{ readonly task: 'quantiles' }>>, figures };
}

async function writeMeasured<Data extends Rows<Held>, Figured extends object>(
  trained: Trained,
  task: ModelTask,
  around: Given<Data>,
  measure: (data: Data, answers: Float64Array) => Figured,
): Promise<{
  readonly model: OutputArtifact<Model>;
  readonly figures: { readonly value: Figured & { readonly on: 'validation' | 'train' } };
  readonly answers: Float64Array;
}> {
  const { train, validation } = around;
  const measured = validation ?? train;
  const on = validation ? 'validation' : 'train';
  const answers = await openScorer({ ...(trained.scored ?? trained), task }, (score) => scoreAll(score, measured));
  const figures = measure(measured, answers);
  const model = await writeModel({
    ...trained,
    task,
    transform: around.transform,
    inputs: around.inputs,
    metrics: { [on]: figures as unknown as Json },
    training: {
      ...(trained.training as Record<string, Json>),
      rows: { train: train.rows, validation: validation?.rows ?? 0 },
    },
    ranges: train.ranges,
    rows: train.sample,
  });
  return { model, figures: { value: { ...figures, on } }, answers };
}

/** Answers of all rows; of streamed ones some after the others, so that only answers are in memory. */
async function scoreAll(score: FeatureScorer['score'], { features, rows }: Rows<Held>): Promise<Float64Array> {
  if (features instanceof Float64Array) return score(features, rows);
  if (!features.streamed) return score(features.slice(0, rows), rows);
  const atOnce = atOnceOf(features.width);
  let all = new Float64Array();
  for (let from = 0; from < rows; from += atOnce) {
    const to = Math.min(rows, from + atOnce);
    const part = await score(features.slice(from, to), to - from);
    if (from === 0) all = new Float64Array((part.length / (to - from)) * rows);
    all.set(part, (part.length / (to - from)) * from);
  }
  return all;
}
