import { UserError } from '@trainyard/errors';
import type { ModelCard } from './card.js';
import type { Predictor } from './predictor.js';
import { chooseClass, type Classification } from './tasks/index.js';

/** A model that tells classes apart. */
export interface Classifier extends Pick<Predictor, 'card' | 'score' | 'dispose'> {
  readonly label: string;
  /** In the order of `score`'s columns. */
  readonly classes: readonly string[];
  /** Index of the class answered for a row's probabilities: the most probable, or by the threshold. */
  choose(probabilities: ArrayLike<number>): number;
}

/** A model's task, where it is to tell classes apart. Throws a UserError that names `asking` where it is another. */
export function classesOf({ task }: Pick<ModelCard, 'task'>, asking: string): Classification {
  if (task.type === 'classification') return task;
  throw new UserError(`${asking} takes models that tell classes apart, and this one's task is another`, {
    expected: 'a model with a task of type classification',
    actual: task.type,
  });
}

/** An opened model as one that tells classes apart. */
export function asClassifier(predictor: Predictor, asking: string): Classifier {
  const task = classesOf(predictor.card, asking);
  const { card, score, dispose } = predictor;
  return {
    card,
    score,
    dispose,
    label: task.label,
    classes: task.classes,
    choose: (probabilities) => chooseClass(probabilities, task),
  };
}
