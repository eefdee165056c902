/** Simple regret of our samplers: each seed's best after 25, 50 and 100 trials. */
import { createStudy, type SamplerSpec } from 'ml-hyperparameter';
import type { Problem } from './problems.js';
import { MARKS } from './tables.js';

/** One study: its best after each of `MARKS` trials, six digits. */
export function bestAfter({ space, loss }: Problem, sampler: string, seed: number): number[] {
  const trials = MARKS[MARKS.length - 1] as number;
  const study = createStudy({ space, sampler: { name: sampler } as SamplerSpec, seed, trials });
  const trace: number[] = [];
  let low = Infinity;
  for (let i = 0; i < trials; i++) {
    const { number, params } = study.ask();
    const value = loss(params);
    study.tell(number, value);
    low = Math.min(low, value);
    trace.push(low);
  }
  return MARKS.map((m) => Number((trace[m - 1] as number).toPrecision(6)));
}
