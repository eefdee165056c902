import type { OutputArtifact } from '../../worker/index.js';
import type { Json, Model } from '../../core/index.js';
import { openScorer, writeModel, type FileContent, type ModelKind, type ModelTask } from '../../models/index.js';
import { figuresOf, type Figures } from '@trainyard/metrics';
import type { FittedTransform } from '@trainyard/transforms';
import type { Dataset } from './dataset.js';

/** A trained model before it is written. */
export interface Trained {
  readonly kind: ModelKind;
  /** The kind's own part of the card, and its files. */
  readonly settings: Json;
  readonly files: Readonly<Record<string, FileContent>>;
  /** How it came about; no times. */
  readonly training: Readonly<Record<string, unknown>>;
  readonly libraries: Readonly<Record<string, string>>;
}

export interface Surroundings {
  readonly label: string;
  readonly transform: FittedTransform;
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
}

export interface Outcome {
  readonly model: OutputArtifact<Model>;
  readonly figures: { readonly value: Figures & { readonly on: 'validation' | 'train' } };
  /** Probabilities `[rows, classes]` of the rows that the figures were measured on. */
  readonly probabilities: Float64Array;
}

/** Measures a trained model as it will answer when served, on validation rows where there are any, and writes it. */
export async function writeOutcome(trained: Trained, around: Surroundings): Promise<Outcome> {
  const { train, validation } = around;
  const measured = validation ?? train;
  const on = validation ? 'validation' : 'train';
  const task: ModelTask = { type: 'classification', label: around.label, classes: [...train.classes] };
  const probabilities = await openScorer({ ...trained, task }, (score) => score(measured.features, measured.rows));
  const classes = train.classes.length;
  const figures = figuresOf(measured.labels, { values: probabilities, classes });
  const model = await writeModel({
    ...trained,
    task,
    transform: around.transform,
    metrics: { [on]: figures as unknown as Json },
    training: {
      ...(trained.training as Record<string, Json>),
      rows: { train: train.rows, validation: validation?.rows ?? 0 },
    },
    ranges: train.ranges,
    rows: train.sample,
  });
  return { model, figures: { value: { ...figures, on } }, probabilities };
}
