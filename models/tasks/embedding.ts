import { z } from 'zod';
import { notFinite, type TaskType } from './task.js';

const schema = z.object({
  type: z.literal('embedding'),
  /** Numbers of a vector. */
  size: z.number().int().min(1).max(100_000),
  /** Column whose equal values say that rows are alike: what the embedding is measured by. Without one it cannot be. */
  label: z.string().optional(),
});
type Embedding = z.output<typeof schema>;

const names = ({ size }: Embedding): string[] => Array.from({ length: size }, (_, i) => `dimension ${i}`);

/** A vector for each row, near to those of rows that are alike. */
export const embedding: TaskType<Embedding, { readonly vector: readonly number[] }> = {
  type: 'embedding',
  schema,
  names,
  problem: (numbers, task) => notFinite(numbers, names(task)),
  answer: (numbers) => ({ vector: [...numbers] }),
  // A vector says nothing by itself, and the log would hold many.
  logged: () => ({}),
  outcome: (text, { label }) => (label !== undefined && typeof text === 'string' && text !== '' ? text : undefined),
  outcomeIs: ({ label }) => (label === undefined ? 'nothing: its task names no label' : `a ${label}, as text`),
  tensors: ({ size }) => [{ name: 'vector', datatype: 'FP64', shape: [size] }],
  values: ({ vector }) => ({ vector }),
};
