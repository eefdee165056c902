import type { ModelTask } from '../../../models/index.js';
import type { BestTask } from './learners/index.js';

/** The task as a model's card says it. */
export function modelTaskOf(task: BestTask): ModelTask {
  return task.type === 'classes'
    ? { type: 'classification', label: task.label, classes: [...task.classes] }
    : { type: 'regression', label: task.label };
}
