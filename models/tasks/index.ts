import { z } from 'zod';
import { classification, type ClassAnswer } from './classification.js';
import { embedding } from './embedding.js';
import { forecasting } from './forecasting.js';
import { multiLabel } from './multi-label.js';
import { quantiles } from './quantiles.js';
import { ranking } from './ranking.js';
import { regression } from './regression.js';
import type { TaskType } from './task.js';

export type { ClassAnswer, Classification } from './classification.js';
export type { OutputTensor, RowWriter, TaskType } from './task.js';

const ALL = [classification, multiLabel, regression, quantiles, forecasting, ranking, embedding] as const;

type SchemaOf<T> = T extends { readonly schema: z.ZodType<infer Task> } ? Task : never;

/** What a card says of its task: its type, and what that needs. */
export type ModelTask = SchemaOf<(typeof ALL)[number]>;
export type TaskName = ModelTask['type'];

/** A model's answer for one row, by its task. */
export type Prediction = ClassAnswer | Readonly<Record<string, unknown>>;

export const taskSchema: z.ZodType<ModelTask> = z.union(ALL.map(({ schema }) => schema as z.ZodType<ModelTask>));

const BY_NAME = new Map<string, TaskType<ModelTask>>(
  ALL.map((one) => [one.type, one as unknown as TaskType<ModelTask>]),
);

/** The type of a task. */
export function taskType({ type }: ModelTask): TaskType<ModelTask> {
  return BY_NAME.get(type)!;
}
