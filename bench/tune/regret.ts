/**
 * Simple regret of our samplers: `npx tsx bench/tune/regret.ts OUT.json SAMPLER[,…] [PROBLEM,…|all] [SEEDS] [TRIALS]`.
 * Writes every seed's best after 25, 50 and 100 trials, for rank tests.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createStudy, type SamplerSpec } from 'ml-hyperparameter';
import { problems as formulas } from './problems.js';
import { realProblems } from './real.js';
import { quartiles } from './statistics.js';

/** The ten formulas, and the tables where `TABLES` names their file. */
const tables = process.env['TABLES'];
const problems = tables === undefined ? formulas : realProblems(tables);

/** Trials after which the best so far is recorded. */
export const MARKS = [25, 50, 100] as const;

/** One sampler on one problem. */
export interface RegretEntry {
  readonly seeds: number;
  readonly median: readonly number[];
  readonly q25: readonly number[];
  readonly q75: readonly number[];
  readonly all: readonly (readonly number[])[];
  readonly ms_per_trial: number;
}

function best(sampler: string, problem: string, seed: number, trials: number): number[] {
  const { space, loss } = problems[problem] as (typeof problems)[string];
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
  return MARKS.map((m) => trace[Math.min(m, trials) - 1] as number);
}

/** All seeds of one sampler on one problem. */
export function measure(sampler: string, problem: string, seeds: number, trials: number): RegretEntry {
  const start = performance.now();
  const all = Array.from({ length: seeds }, (_, seed) => best(sampler, problem, seed, trials));
  const ms = (performance.now() - start) / seeds / trials;
  const [q25, median, q75] = quartiles(all);
  return { seeds, median, q25, q75, all, ms_per_trial: ms };
}

if (process.argv[1]?.includes('regret') === true) {
  const [path = 'regret.json', samplers = 'tpe', names = 'all', seeds = '20', trials = '100'] = process.argv.slice(2);
  const out = (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { marks: MARKS, regret: {} }) as {
    regret: Record<string, Record<string, RegretEntry>>;
  };
  for (const sampler of samplers.split(',')) {
    for (const problem of names === 'all' ? Object.keys(problems) : names.split(',')) {
      const entry = measure(sampler, problem, Number(seeds), Number(trials));
      (out.regret[problem] ??= {})[sampler] = entry;
      console.log(
        problem,
        sampler,
        ...entry.median.map((m) => m.toPrecision(3)),
        `${entry.ms_per_trial.toFixed(1)} ms/trial`,
      );
      writeFileSync(path, JSON.stringify(out));
    }
  }
}
