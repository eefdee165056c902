import { UserError } from '@trainyard/errors';
import type { Json } from '../core/json.js';
import { figuresOfTask, measure, nested, type TruthCell } from '@trainyard/metrics';
import type { ModelTask } from './tasks/index.js';

/**
 * The figures of a model's task on labelled rows, as cards and studies take them: by path, such as `f1.macro`, and `n`, the
 * number of rows. `labels` are cells of the label column (lists as JSON text), `numbers` what the model scores, `[rows, outputs]`;
 * ranking takes the group of each row, too. What is not defined is null. Throws a UserError for a label that is none of the task.
 */
export function measureAnswers(
  task: ModelTask,
  labels: readonly TruthCell[],
  numbers: Float64Array,
  groups?: readonly string[],
): Record<string, Json> {
  const figures = figuresOfTask(task.type);
  const truths = labels.map((label, row) => {
    const truth = figures.truth(label, task);
    if (truth !== undefined) return truth;
    throw new UserError('a row has no label of its task', {
      where: { row },
      expected: figures.truthIs(task),
      actual: JSON.stringify(label),
    });
  });
  const [sample] = figures.samples(truths, [{ task, numbers }], groups);
  return { n: labels.length, ...(nested(measure(figures, sample!)) as Record<string, Json>) };
}
