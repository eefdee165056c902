import type { Account } from './account.js';
import { heldOf, type Candidate, type Chosen, type Held, type Member } from './candidate.js';
import type { BestRecord } from './contract.js';
import { chooseEnsemble } from './ensemble.js';
import { fitOn } from './fit.js';
import { baseline, type Learner } from './learners/index.js';
import type { Lessons } from './lessons.js';
import type { Metric } from './metrics.js';
import type { Search } from './search.js';

/** The members of the ensemble, the heaviest first; alone the best candidate. */
export function choose(search: Search, metric: Metric, joined: boolean): Chosen[] {
  const library = search.ranked.filter(({ kept }) => kept !== undefined);
  if (!joined) return [{ candidate: library[0]!, weight: 1 }];
  const views = library.map(({ kept }) => ({ view: metric.view(kept!.answers, search.labels) }));
  const { counts } = chooseEnsemble(views, search.labels, metric);
  const draws = counts.reduce((sum, count) => sum + count, 0);
  return library
    .map((candidate, i) => ({ candidate, weight: counts[i]! / draws }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.candidate.place - b.candidate.place);
}

/** The answers of the ensemble to the rows held out. */
export function mixed(chosen: readonly Chosen[]): Float64Array {
  const sums = new Float64Array(chosen[0]!.candidate.kept!.answers.length);
  for (const { candidate, weight } of chosen)
    candidate.kept!.answers.forEach((answer, i) => (sums[i]! += weight * answer));
  return sums;
}

export const scoreOf = ({ labels }: Search, chosen: readonly Chosen[], metric: Metric): number =>
  metric.of(metric.view(mixed(chosen), labels), labels);

/**
 * Trains members again on all rows, the heaviest first, to as many rounds as their folds came to on average. A member that time is too
 * short for keeps the models of its folds.
 */
export async function refit(
  search: Search,
  chosen: readonly Chosen[],
  lessons: Lessons,
  account: Account,
  { learners, record, late }: { learners: readonly Learner[]; record: BestRecord | undefined; late: () => boolean },
): Promise<ReadonlyMap<number, Held>> {
  const done = new Map<number, Held>();
  for (const { candidate } of chosen) {
    if (late() || (record?.refitted && !record.refitted.includes(candidate.place))) continue;
    const learner = learnerOf(candidate, learners);
    const rounds = candidate.kept!.models.map((model) => model.rounds);
    const mean = rounds.some((one) => one === null)
      ? undefined
      : Math.max(1, Math.round(rounds.reduce<number>((sum, one) => sum + one!, 0) / rounds.length));
    try {
      const lesson = await account.during('features', () => lessons.of('all', learner.form));
      const asked = { fold: 'all' as const, rounds: mean, most: undefined, late };
      const fitted = await account.during('refit', () =>
        fitOn(search.options, learner, candidate.params, lesson, asked),
      );
      if (fitted.stopped === undefined) done.set(candidate.place, await heldOf(fitted));
    } catch (error) {
      if (!late()) throw error;
    }
  }
  return done;
}

const learnerOf = ({ learner }: Candidate, learners: readonly Learner[]): Learner =>
  learner === baseline.name ? baseline : learners.find(({ name }) => name === learner)!;

/** The models of the answer: of each candidate the one of all rows, else those of the folds in equal shares. */
export function membersOf(
  chosen: readonly Chosen[],
  refitted: ReadonlyMap<number, Held> | null,
  lessons: Lessons,
  learners: readonly Learner[],
): Member[] {
  return chosen.flatMap(({ candidate, weight }): Member[] => {
    const { form } = learnerOf(candidate, learners);
    const whole = refitted?.get(candidate.place);
    if (whole) return [{ model: whole, transform: lessons.transformOf('all', form), weight }];
    const { models } = candidate.kept!;
    return models.map((model, fold) => ({
      model,
      transform: lessons.transformOf(fold, form),
      weight: weight / models.length,
    }));
  });
}
