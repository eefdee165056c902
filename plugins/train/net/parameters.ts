import { z } from 'zod';
import { budgetParameter, costParameter } from '../loop/spending.js';
import { optimiserParameter } from './optimisers/index.js';
import { scheduleParameter } from './schedules/index.js';

/** How every net is trained, whatever it is made of. */
export const loopParameters = {
  optimizer: optimiserParameter
    .default('adam')
    .describe('by name, or as an object of `name` and settings; sgd: with momentum 0.9'),
  learningRate: z.number().positive().max(10).default(0.003).describe('size of a step'),
  schedule: scheduleParameter
    .default('constant')
    .describe('how the learning rate moves: by name, or as an object of `name` and settings'),
  warmup: z
    .number()
    .min(0)
    .default(0)
    .describe('epochs over which the learning rate rises from 0, before the schedule'),
  batchSize: z.number().int().min(1).default(32).describe('rows of one batch'),
  accumulate: z.number().int().min(1).max(64).default(1).describe('batches whose gradients make one step'),
  clipNorm: z
    .number()
    .positive()
    .optional()
    .describe('longest gradient over all parameters: a longer one is shortened to it'),
  clipValue: z.number().positive().optional().describe('largest size of each number of the gradient'),
  epochs: z.number().int().min(1).default(100).describe('most passes over the training rows'),
  patience: z
    .number()
    .int()
    .min(1)
    .default(15)
    .describe(
      'looks at the validation loss without a lower one after which training stops; one an epoch, or as lookEvery says',
    ),
  minDelta: z.number().min(0).default(1e-4).describe('by how much a loss must be lower to count'),
  lookEvery: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('steps between looks at the validation loss within an epoch; 0: at its end alone'),
  l2: z.number().min(0).default(0).describe('penalty: it times the sum of squared weights, biases left out'),
  l1: z.number().min(0).default(0).describe('penalty: it times the sum of the sizes of weights, biases left out'),
  budget: budgetParameter,
  cost: costParameter,
  checkpointSeconds: z
    .number()
    .min(0)
    .default(10)
    .describe('least time between checkpoints, within an epoch too; 0: after every epoch'),
};

/** Of `loopParameters`, what decides when something is written or said, and no model. */
export const NOT_IN_KEY = ['checkpointSeconds', 'cost'] as const;

/** When the rows of a table are streamed from a file, and how they are shuffled then. */
export const streamParameters = {
  streamAbove: z
    .number()
    .int()
    .min(0)
    .default(64_000_000)
    .describe('rows × features of a table above which it is streamed from a file instead of being in memory'),
  shuffleWindow: z
    .number()
    .int()
    .min(1)
    .default(4_000_000)
    .describe('rows × features that are in memory together, and shuffled, where the training rows are streamed'),
};

/** What a net of dense layers is made of. */
export const denseParameters = {
  layers: z.number().int().min(0).max(16).default(2).describe('hidden layers, where units is one number'),
  units: z
    .union([z.number().int().min(1).max(8192), z.array(z.number().int().min(1).max(8192)).max(16)])
    .default(32)
    .describe('units of every hidden layer, or of each'),
  activation: z.enum(['relu', 'tanh', 'sigmoid']).default('relu').describe('of the hidden layers'),
  dropout: z.number().min(0).max(0.95).default(0).describe('share of hidden values left out of each step'),
};

const loop = z.object(loopParameters);
const stream = z.object(streamParameters);
const dense = z.object(denseParameters);
export type LoopParameters = z.output<typeof loop>;
export type StreamParameters = z.output<typeof stream>;
export type DenseParameters = z.output<typeof dense>;
