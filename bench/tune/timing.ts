/**
 * Milliseconds to suggest after so many trials: `node bench/tune/run.mjs timing OUT.json [ROUNDS]`. The trials before
 * are drawn at random and told; what is timed is one `ask`, with caches warm from the ask before, as in a study.
 */
import { writeFileSync } from 'node:fs';
import { createStudy, type SamplerSpec } from 'ml-hyperparameter';
import { problems } from './problems.js';

/** Times of single asks, ms: by the clock, and of the processor (which a busy machine leaves alone). */
export function askTimes(
  problem: string,
  sampler: string,
  trials: number,
  rounds: number,
): { clock: number; processor: number }[] {
  const { space, loss } = problems[problem] as (typeof problems)[string];
  const draws = createStudy({ space, sampler: 'random', seed: 5 });
  const study = createStudy({ space, sampler: { name: sampler } as SamplerSpec, seed: 0 });
  for (let i = 0; i < trials; i++) {
    const { params } = draws.ask();
    study.add(params, loss(params));
  }
  const times: { clock: number; processor: number }[] = [];
  for (let i = 0; i < rounds + 2; i++) {
    const start = performance.now();
    const used = process.cpuUsage();
    const { number, params } = study.ask();
    const { user, system } = process.cpuUsage(used);
    if (i >= 2) times.push({ clock: performance.now() - start, processor: (user + system) / 1000 });
    study.tell(number, loss(params));
  }
  return times;
}

if (process.argv[1]?.includes('timing') === true) {
  const [path = 'timing.json', rounds = '15'] = process.argv.slice(2);
  const out: Record<
    string,
    Record<string, Record<string, { median_ms: number; processor_ms: number; max_ms: number }>>
  > = {};
  for (const sampler of ['random', 'tpe', 'cma-es', 'gp', 'auto']) {
    for (const problem of ['hartmann6', 'mixed']) {
      for (const trials of [100, 1000]) {
        const times = askTimes(problem, sampler, trials, Number(rounds));
        const middle = (of: 'clock' | 'processor'): number =>
          times.map((t) => t[of]).sort((a, b) => a - b)[times.length >> 1] as number;
        const entry = {
          median_ms: middle('clock'),
          processor_ms: middle('processor'),
          max_ms: Math.max(...times.map((t) => t.clock)),
        };
        ((out[sampler] ??= {})[problem] ??= {})[trials] = entry;
        console.log(
          sampler,
          problem,
          trials,
          `median ${entry.median_ms.toFixed(1)} ms (processor ${entry.processor_ms.toFixed(1)}), most ${entry.max_ms.toFixed(1)} ms`,
        );
      }
    }
  }
  writeFileSync(path, JSON.stringify(out));
}
