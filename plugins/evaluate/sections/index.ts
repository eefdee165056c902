import type { TaskName } from '../../../models/index.js';
import { classification } from './classification.js';
import { embedding } from './embedding.js';
import { forecasting } from './forecasting.js';
import { multiLabel } from './multi-label.js';
import { quantiles } from './quantiles.js';
import { ranking } from './ranking.js';
import { regression } from './regression.js';
import type { TaskSections } from './section.js';

export { between, type TaskSections } from './section.js';

/** By type of task. */
const SECTIONS = {
  classification,
  'multi-label': multiLabel,
  regression,
  quantiles,
  forecasting,
  ranking,
  embedding,
} as const satisfies Record<TaskName, unknown>;

/** What the report of an evaluation has for a type of task. */
export function sectionsOf(type: TaskName): TaskSections {
  return SECTIONS[type] as TaskSections;
}
