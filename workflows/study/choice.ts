import { dominates } from 'ml-hyperparameter';
import type { StudyAsk } from '../../core/study-ask.js';
import type { StudyTrial } from '../../core/study.js';

/** A complete trial that keeps all constraints. */
function fit(trial: StudyTrial): boolean {
  return trial.state === 'complete' && (trial.constraints ?? []).every((excess) => excess <= 0);
}

/** Values as losses: smaller is better, whatever the direction. */
function losses(ask: StudyAsk, trial: StudyTrial): number[] {
  return (trial.values ?? []).map((value, i) => (ask.objectives[i]?.direction === 'maximize' ? -value : value));
}

/** Complete trials within all constraints that none of these beats in all objectives, by number. */
export function frontOf(ask: StudyAsk, trials: readonly StudyTrial[]): StudyTrial[] {
  const fitting = trials.filter(fit).map((trial) => ({ trial, losses: losses(ask, trial) }));
  return fitting
    .filter((one) => !fitting.some((other) => dominates(other.losses, one.losses)))
    .map(({ trial }) => trial);
}

/**
 * The chosen trial: the best of one objective, ties to the smaller number; with several, as `choose` says. `balanced`
 * takes the trial of the front that is nearest to the best of each objective, where every objective is scaled by its
 * range over the front (the compromise solution of Yu 1973, with Euclid's distance).
 */
export function bestOf(ask: StudyAsk, trials: readonly StudyTrial[]): StudyTrial | undefined {
  if (ask.objectives.length === 1) return leastBy(trials.filter(fit), (trial) => losses(ask, trial)[0] as number);
  const front = frontOf(ask, trials);
  const one = ask.objectives.findIndex(({ name }) => name === ask.choose);
  if (one >= 0) return leastBy(front, (trial) => losses(ask, trial)[one] as number);
  const all = front.map((trial) => losses(ask, trial));
  const ends = ask.objectives.map((_, i) => {
    const column = all.map((row) => row[i] as number);
    return { low: Math.min(...column), high: Math.max(...column) };
  });
  return leastBy(front, (trial) =>
    losses(ask, trial).reduce((sum, loss, i) => {
      const { low, high } = ends[i] as { low: number; high: number };
      return sum + (high > low ? ((loss - low) / (high - low)) ** 2 : 0);
    }, 0),
  );
}

/** How the best is chosen, in words. */
export function sayChoice(ask: StudyAsk): string {
  const limits = ask.constraints.length > 0 ? ' among the trials that keep all limits' : '';
  const [only] = ask.objectives;
  if (ask.objectives.length === 1 && only)
    return `the ${only.direction === 'maximize' ? 'highest' : 'lowest'} ${only.at}${limits}`;
  if (ask.choose !== 'balanced') return `the best ${ask.choose} of the front${limits}`;
  return `the trial of the front nearest to the best of each objective, scaled by their ranges over the front${limits}`;
}

function leastBy(trials: readonly StudyTrial[], of: (trial: StudyTrial) => number): StudyTrial | undefined {
  let best: { trial: StudyTrial; value: number } | undefined;
  for (const trial of trials) {
    const value = of(trial);
    if (!best || value < best.value) best = { trial, value };
  }
  return best?.trial;
}
