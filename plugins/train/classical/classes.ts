import type { NodeContext } from '../../../worker/index.js';
import { weightsOfClasses, type ClassWeights } from '../class-weights.js';
import { requireClasses, type Dataset } from '../dataset.js';
import { readSurroundings } from '../training-environment.js';
import type { Surroundings } from '../training-result.js';
import { requireFeatures } from './readable.js';

interface ClassParameters {
  readonly label: string;
  readonly weight?: string | undefined;
  readonly classWeights?: ClassWeights;
}

/** What a classifier of these learns from: its rows, as the library takes them, and what else is needed to write the model. */
export interface ClassLesson {
  readonly around: Surroundings;
  readonly rows: Omit<Dataset, 'classes' | 'weights'> & {
    readonly classes: number;
    /** Weight of each row: that of its class times its own; none where all are 1. */
    readonly weights: Float64Array | undefined;
  };
}

/** Reads and checks the rows of a classifier that takes no missing values. */
export async function readClasses(
  params: ClassParameters,
  inputs: Parameters<typeof readSurroundings>[0],
  ctx: NodeContext,
): Promise<ClassLesson> {
  const around = await readSurroundings(inputs, params.label, ctx.scratch, params.weight);
  const { train } = around;
  requireClasses(train, params.label);
  requireFeatures(around);
  const ofClasses = weightsOfClasses(params.classWeights, train);
  const weighed = train.weights !== undefined || ofClasses.some((weight) => weight !== 1);
  const weights = weighed
    ? Float64Array.from(train.labels, (label, row) => ofClasses[label]! * (train.weights?.[row] ?? 1))
    : undefined;
  return { around, rows: { ...train, classes: train.classes.length, weights } };
}
