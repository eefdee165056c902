import { UserError } from '../core/errors/index.js';
import type { ModelCard } from './card.js';
import type { Classification } from './tasks/index.js';

/** A model's task, where it is to tell classes apart. Throws a UserError that names `asking` where it is another. */
export function classesOf({ task }: Pick<ModelCard, 'task'>, asking: string): Classification {
  if (task.type === 'classification') return task;
  throw new UserError(`${asking} takes models that tell classes apart, and this one's task is another`, {
    expected: 'a model with a task of type classification',
    actual: task.type,
  });
}
