/** What a study has seen, in the shapes that tables and plots want. Values are as told, not turned into losses. */
import { Front, hypervolume } from '../numeric/pareto.js';
import { SearchError } from '../errors.js';
import type { Choice } from '../space/index.js';
import type { Study } from '../study/study.js';
import type { Trial } from '../study/trial.js';

type Any<C> = Study<C>;

/** One trial of the history. */
export interface HistoryPoint {
  readonly number: number;
  /** `undefined` unless complete. */
  readonly value: number | undefined;
  /** Best value of a trial that keeps all constraints, up to here. */
  readonly best: number | undefined;
}

/** Values and the best so far, by trial. */
export function history<C>(study: Any<C>): HistoryPoint[] {
  const minimize = study.objectives[0]?.direction === 'minimize';
  let best: number | undefined;
  return study.trials.map((t) => {
    const value = t.values?.[0];
    const fine = (t.constraints ?? []).every((c) => c <= 0);
    if (value !== undefined && fine && (best === undefined || (minimize ? value < best : value > best))) best = value;
    return { number: t.number, value, best };
  });
}

/** One parameter's values against the first objective, complete trials where it exists. */
export function slice<C>(study: Any<C>, name: string): { number: number; x: Choice; value: number }[] {
  return study.trials.flatMap((t) => {
    const x = (t.params as Record<string, Choice>)[name];
    return x === undefined || t.values === undefined ? [] : [{ number: t.number, x, value: t.values[0] as number }];
  });
}

/** Reports of every trial that made any. */
export function curves<C>(study: Any<C>): { number: number; state: Trial['state']; reports: Trial['reports'] }[] {
  return study.trials
    .filter((t) => t.reports.length > 0)
    .map((t) => ({ number: t.number, state: t.state, reports: t.reports }));
}

/** Complete trials that keep all constraints and that no other such trial dominates, by the first objective. */
export function front<C>(study: Any<C>): Trial<C>[] {
  const losses = new Map(
    study.observations
      .filter((t) => t.losses !== undefined && t.violation === 0)
      .map((t) => [t.number, t.losses as readonly number[]]),
  );
  const front = new Front<number>();
  for (const [number, values] of losses) front.add(number, values);
  const first = (number: number): number => losses.get(number)?.[0] as number;
  return front.members
    .slice()
    .sort((a, b) => first(a) - first(b))
    .map((number) => study.trials[number] as Trial<C>);
}

/** Hypervolume after each trial; `reference` is a value per objective, worse than any that should count. */
export function hypervolumeHistory<C>(
  study: Any<C>,
  reference: readonly number[],
): { number: number; hypervolume: number }[] {
  if (reference.length !== study.objectives.length) {
    throw new SearchError('MLH-BAD-OPTION', 'the reference has another length than the objectives', {
      expected: String(study.objectives.length),
      actual: String(reference.length),
    });
  }
  const turned = reference.map((v, k) => (study.objectives[k]?.direction === 'maximize' ? -v : v));
  const seen = new Front<readonly number[]>();
  return study.observations.map((t) => {
    if (t.losses !== undefined && t.violation === 0) seen.add(t.losses, t.losses);
    return { number: t.number, hypervolume: hypervolume(seen.members, turned) };
  });
}
