import { UserError } from '../../core/errors/index.js';
import { MODEL_FILES } from '../card.js';
import type { Learner, Scorer } from '../learner.js';
import type { Tensors } from '../tensors.js';
import { constant } from './constant.js';
import { denseNet } from './dense-net.js';
import { logistic } from './logistic.js';

const LEARNERS: ReadonlyMap<string, Learner> = new Map(
  [denseNet, logistic, constant].map((learner) => [learner.name, learner]),
);

/** The learner of this name. Throws a UserError naming the known ones. */
export function learnerOf(name: string): Learner {
  const learner = LEARNERS.get(name);
  if (learner) return learner;
  throw new UserError(`this version cannot open models of the learner "${name}"`, {
    where: { file: MODEL_FILES.card, field: 'learner' },
    expected: [...LEARNERS.keys()].join(', '),
    actual: name,
    remedy: 'open it with the version that made it',
  });
}

/** Opens a trained model's arithmetic by the name of its learner. Throws a UserError when the parts do not fit. */
export function scorerOf(learner: string, architecture: unknown, tensors: Tensors): Scorer {
  return learnerOf(learner).open(architecture, tensors);
}
