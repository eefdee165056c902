/** Simple regret of our samplers: each seed's best after 25, 50 and 100 trials. */
import { createStudy, type SamplerSpec, type Study } from 'ml-hyperparameter';
import type { Problem } from './problems.js';
import { MARKS } from './tables.js';

/** Trials of a study. */
const TRIALS = MARKS[MARKS.length - 1] as number;

/** One study of so many trials, planned for 100. */
export function searchBest({ space, loss }: Problem, sampler: string, seed: number, trials: number): Study {
  const study = createStudy({ space, sampler: { name: sampler } as SamplerSpec, seed, trials: TRIALS }) as Study;
  for (let i = 0; i < trials; i++) {
    const { number, params } = study.ask();
    study.tell(number, loss(params));
  }
  return study;
}

/** One study: its best after each of `MARKS` trials, six digits. */
export function bestAfter(problem: Problem, sampler: string, seed: number): number[] {
  const values = searchBest(problem, sampler, seed, TRIALS).trials.map((trial) => trial.values?.[0] as number);
  return MARKS.map((m) => Number(Math.min(...values.slice(0, m)).toPrecision(6)));
}
