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
  tensors: ({ size }) => [{ name: 'vector', datatype: 'FP64', shape: [size] }],
  values: ({ vector }) => ({ vector }),
};
