import { sayCount } from '../duration.js';
import type { NestedEstimate, StudyState, StudyTrial } from './state.js';

/** A value for people: four significant digits. */
export function sayValue(value: string | number | boolean | null | undefined): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
}

/** Parameters in one line: `lr=0.01 depth=3`. */
export function sayParams(params: StudyTrial['params']): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${sayValue(value)}`)
    .join(' ');
}

/** What a call of a trial is called in lists: `trial 7 · lr=0.01 depth=3`, with the part of the trial that it is. */
export function sayTrial(trial: number | string, params: StudyTrial['params'], part = ''): string {
  return [typeof trial === 'number' ? `trial ${trial}` : trial, part, sayParams(params)]
    .filter((said) => said !== '')
    .join(' · ');
}

/** A trial's values by objective, in one text. */
export function sayValues(trial: StudyTrial): string {
  return trial.values?.map(sayValue).join(', ') ?? '–';
}

/** The trial that was chosen so far. */
export function bestTrial({ best, trials }: StudyState): StudyTrial | undefined {
  return best === null ? undefined : trials.find(({ number }) => number === best);
}

/** What a nested estimate came to, or how far it is. */
export function sayNested({ folds, of, value, spread }: NestedEstimate): string {
  if (value !== null)
    return `${sayValue(value)} (spread ${sayValue(spread)}) over ${of} outer folds, each searched anew without what judges it`;
  const failed = folds.findIndex((fold) => fold.value === undefined);
  if (failed >= 0) return `none: outer fold ${failed + 1} has no value: ${folds[failed]?.reason ?? ''}`;
  return folds.length < of ? `outer fold ${folds.length + 1} of ${of} to come` : 'none';
}

/** Something said of a study in full and in shorter forms, and how soon it may be left out: the highest first. */
export interface StudyPart {
  readonly texts: readonly string[];
  readonly rank: number;
}

/** How far a study is, or how it ended, part by part: trials, best so far, what runs, what was stopped. */
export function studyParts(state: StudyState): StudyPart[] {
  const { counts, budget, spent, status } = state;
  const ended = counts.complete + counts.pruned + counts.failed;
  const best = bestTrial(state);
  const objective = state.objectives.length === 1 ? `${state.objectives[0]?.name ?? ''} ` : '';
  const value = best === undefined ? '' : sayValues(best);
  const at = best === undefined ? '' : ` (trial ${best.number})`;
  const over = state.endedAt !== undefined;
  const parts: (StudyPart | false)[] = [
    {
      rank: 0,
      texts:
        budget.trials === undefined || over
          ? [sayCount(ended, 'trial')]
          : [`${ended} of ${budget.trials} trials`, `${ended}/${budget.trials} trials`, `${ended}/${budget.trials}`],
    },
    status !== 'searching' && status !== 'done' && { rank: 1, texts: [status] },
    best !== undefined && { rank: 2, texts: [`best ${objective}${value}${at}`, `best ${value}${at}`, `best ${value}`] },
    status === 'estimating' &&
      state.nested !== null && {
        rank: 3,
        texts: [`outer fold ${state.nested.folds.length + 1} of ${state.nested.of}`],
      },
    state.front.length > 1 && { rank: 4, texts: [`front of ${state.front.length}`] },
    counts.running > 0 && { rank: 4, texts: [`${counts.running} running`] },
    counts.pruned > 0 && { rank: 4, texts: [`${counts.pruned} pruned`] },
    counts.failed > 0 && { rank: 3, texts: [`${counts.failed} failed`] },
    counts.found > 0 && { rank: 6, texts: [`${counts.found} found`] },
    budget.cost !== undefined && { rank: 6, texts: [`cost ${sayValue(spent.cost)} of ${sayValue(budget.cost)}`] },
  ];
  return parts.filter((part) => part !== false);
}

/** How far a study is on its way to the first of its limits, 0 to 1; undefined where it has none. */
export function studyFraction({ counts, budget, spent }: StudyState): number | undefined {
  const ended = counts.complete + counts.pruned + counts.failed;
  const shares = [
    budget.trials === undefined ? 0 : ended / budget.trials,
    budget.timeMs === undefined ? 0 : spent.timeMs / budget.timeMs,
    budget.cost === undefined ? 0 : spent.cost / budget.cost,
  ];
  const limited = budget.trials !== undefined || budget.timeMs !== undefined || budget.cost !== undefined;
  return limited ? Math.min(1, Math.max(...shares)) : undefined;
}

/**
 * Time until a study's trials or its time are used up, ms: by how long its trials took that had to be computed, without
 * the first on each place, which also load what the others find loaded. Undefined before, while it is paused, and while
 * the last ones take longer than those before them.
 */
export function studyLeftMs(state: StudyState, now: number): number | undefined {
  const { budget, counts, parallel, startedAt, status, trials } = state;
  if (status !== 'searching' && status !== 'ending') return undefined;
  const time = budget.timeMs === undefined ? undefined : Math.max(0, startedAt + budget.timeMs - now);
  const took = trials
    .flatMap(({ found, startedAt: from, endedAt }) =>
      endedAt === undefined || found === true ? [] : [{ from, ms: endedAt - from }],
    )
    .sort((a, b) => a.from - b.from)
    .slice(parallel)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b);
  // Of few that differ the middle one says more than the mean.
  const each = took[took.length >> 1];
  if (each === undefined) return time;
  const asked =
    status === 'ending' ? counts.running : (budget.trials ?? Infinity) - state.spent.trials + counts.running;
  const before = trials
    .filter((trial) => trial.state === 'running')
    .map((trial) => Math.min(each, Math.max(0, now - trial.startedAt)));
  const work = asked * each - before.reduce((sum, ms) => sum + ms, 0);
  if (work <= 0 && counts.running > 0) return undefined;
  const left = Math.max(0, work / Math.max(1, Math.min(parallel, asked)));
  const least = Math.min(left, time ?? Infinity);
  return Number.isFinite(least) ? least : undefined;
}
