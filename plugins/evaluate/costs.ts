import { sayNearest, UserError } from '@trainyard/errors';
import type { ClassificationSample, Sample, TaskFigures } from '@trainyard/metrics';
import type { CostsOfMistakes } from './contract.js';

/** The sample with what mistakes cost. Throws a UserError where models answer no classes, or a class is none of theirs. */
export function withCosts(sample: Sample, task: TaskFigures, costs: CostsOfMistakes | undefined): Sample {
  if (!costs) return sample;
  if (task.type !== 'classification')
    throw new UserError(`models for ${task.type} have no costs by class`, {
      where: { field: 'costs' },
      remedy: 'leave costs out',
    });
  const classified = sample as ClassificationSample;
  return { ...classified, costs: costMatrix(costs, classified.classes) } as ClassificationSample;
}

/** `[classes, classes]`: what each true class (row) costs when answered as each class (column). */
export function costMatrix(costs: CostsOfMistakes, classes: readonly string[]): Float64Array {
  const matrix = new Float64Array(classes.length ** 2);
  const place = (name: string, field: string): number => {
    const at = classes.indexOf(name);
    if (at >= 0) return at;
    throw new UserError(`costs name a class "${name}" that there is not; ${sayNearest(name, [...classes])}`, {
      where: { field },
      expected: classes.slice(0, 20).join(', '),
    });
  };
  for (const [truth, answers] of Object.entries(costs))
    for (const [answer, cost] of Object.entries(answers))
      matrix[place(truth, `costs.${truth}`) * classes.length + place(answer, `costs.${truth}.${answer}`)] = cost;
  return matrix;
}
