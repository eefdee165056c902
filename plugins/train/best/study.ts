import { UserError } from '@trainyard/errors';
import { conditional, createStudy, type AnyConfiguration, type Space, type Study } from 'ml-hyperparameter';
import type { Facts, Form, Learner } from './learners/index.js';
import type { SearchOptions } from './search-options.js';

/** The study of all learners that suit the task: their parameters in one space, and their first configurations in turn. */
export async function studyOf({
  task,
  lessons,
  account,
  learners,
  seed,
  trials,
}: Pick<SearchOptions, 'task' | 'lessons' | 'account' | 'learners' | 'seed' | 'trials'>): Promise<
  Study<AnyConfiguration>
> {
  const able = learners.filter((one) => one.tasks.includes(task.type));
  const known = new Map<Form, Facts>();
  for (const { form } of able) {
    if (known.has(form)) continue;
    const { train } = await account.during('features', () => lessons.of(0, form));
    known.set(form, { task, rows: train.rows, width: train.width });
  }
  const factsOf = ({ form }: Learner): Facts => known.get(form)!;
  const suited = able.filter((one) => one.suits?.(factsOf(one)) ?? true);
  if (suited.length === 0)
    throw new UserError('none of the learners suits the task', {
      where: { field: 'learners' },
      expected: `one for ${task.type}`,
      actual: learners.map(({ name }) => name).join(', '),
    });
  const space: Space = {
    learner: conditional(Object.fromEntries(suited.map((one) => [one.name, one.space(factsOf(one))]))),
  };
  const portfolios = suited.map((one) => one.first(factsOf(one)).map((params) => ({ learner: one.name, ...params })));
  const longest = Math.max(...portfolios.map((one) => one.length));
  const first = Array.from({ length: longest }, (_, i) => portfolios.flatMap((one) => one.slice(i, i + 1))).flat();
  return createStudy({
    space,
    sampler: 'tpe',
    seed,
    first: first as never,
    giveUpAfter: 1_000_000,
    ...(Number.isFinite(trials) ? { trials } : {}),
  }) as unknown as Study<AnyConfiguration>;
}
