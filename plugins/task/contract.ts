import { z } from 'zod';
import { json, node, report, table } from '../../core/index.js';
import { CONFIDENCES, feasibilityFigures, taskCard } from './card.js';

/** Declares the task; everything later is judged by it. */
export const card = node({
  name: 'task.card',
  version: '1',
  title: 'Declares the task: goal, target, metric and threshold, scope, budget',
  params: taskCard,
  inputs: {},
  outputs: json(taskCard),
  light: true,
});

/** Checks a task against the data that there is for it. */
export const feasibility = node({
  name: 'task.feasibility',
  version: '1',
  title: 'Checks whether the data can bear the task',
  params: z.object({
    test: z.number().gt(0).lt(1).default(0.2).describe('planned share of the test part'),
    confidence: z.enum(CONFIDENCES).default('0.95').describe('of the interval'),
  }),
  inputs: { card: json(taskCard), table },
  outputs: report(feasibilityFigures),
});
