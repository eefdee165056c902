import { z } from 'zod';
import { isFiniteNumber, notFinite, type TaskType } from './task.js';

const schema = z.object({
  type: z.literal('ranking'),
  /** Column of relevance that it was trained on. */
  label: z.string(),
  /** Column that says which rows are ranked among each other. */
  group: z.string(),
});

/** A score by which rows of one group are ordered, the highest first. */
export const ranking: TaskType<z.output<typeof schema>, { readonly score: number }> = {
  type: 'ranking',
  schema,
  names: () => ['score'],
  problem: (numbers) => notFinite(numbers, ['score']),
  answer: (numbers) => ({ score: numbers[0]! }),
  logged: (answer) => ({ whole: { ...answer } }),
  outcome: (label) => (isFiniteNumber(label) && label >= 0 ? String(label) : undefined),
  outcomeIs: () => 'a relevance: a number of 0 or more',
  tensors: () => [{ name: 'score', datatype: 'FP64', shape: [] }],
  values: ({ score }) => ({ score: [score] }),
};
