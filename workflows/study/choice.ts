import { Front } from 'ml-hyperparameter';
import type { StudyAsk } from '../../core/study/ask.js';
import type { StudyTrial } from '../../core/study/state.js';

/** The choice among the trials of a study, kept as they end: what it costs does not grow with those that are over. */
export class Choice {
  readonly #ask: StudyAsk;
  readonly #front = new Front<StudyTrial>();
  #best: StudyTrial | undefined;

  constructor(ask: StudyAsk, trials: readonly StudyTrial[]) {
    this.#ask = ask;
    for (const trial of trials) this.add(trial);
  }

  /** Takes a trial in that has ended: one that is complete and keeps all constraints may be chosen. */
  add(trial: StudyTrial): void {
    if (trial.state !== 'complete' || (trial.constraints ?? []).some((excess) => excess > 0)) return;
    if (this.#ask.objectives.length === 1)
      this.#best = leastBy(this.#best ? [this.#best, trial] : [trial], (one) => losses(this.#ask, one)[0] as number);
    else if (this.#front.add(trial, losses(this.#ask, trial))) this.#best = chosenOf(this.#ask, this.front);
  }

  /** With several objectives: those that no other beats in all of them, by number. */
  get front(): readonly StudyTrial[] {
    return [...this.#front.members].sort((a, b) => a.number - b.number);
  }

  /**
   * The chosen trial: the best of one objective, ties to the smaller number; with several, as `choose` says. `balanced`
   * takes the trial of the front that is nearest to the best of each objective, where every objective is scaled by its
   * range over the front (the compromise solution of Yu 1973, with Euclid's distance).
   */
  get best(): StudyTrial | undefined {
    return this.#best;
  }
}

/** Values as losses: smaller is better, whatever the direction. */
function losses(ask: StudyAsk, trial: StudyTrial): number[] {
  return (trial.values ?? []).map((value, i) => (ask.objectives[i]?.direction === 'maximize' ? -value : value));
}

function chosenOf(ask: StudyAsk, front: readonly StudyTrial[]): StudyTrial | undefined {
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
    const better = !best || value < best.value || (value === best.value && trial.number < best.trial.number);
    if (better) best = { trial, value };
  }
  return best?.trial;
}
