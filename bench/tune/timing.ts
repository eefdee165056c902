/**
 * Times, ours and Optuna's in one run, and what a study of 1,000 trials takes: `node bench/tune/run.mjs timing [ROUNDS]
 * [OPTUNA,…]`,
 * on a machine with nothing else to do. Keeps them in `data/timing.json` and writes the tables into README.md.
 * The trials before are drawn at random and told; what is timed is one `ask`, after some that warm caches and compiler,
 * as in a study.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStudy, type SamplerSpec } from 'ml-hyperparameter';
import { data, digestOfLibrary, here, write, type Stretch, type Timed, type Times } from './measured.js';
import { optunaPython } from './peers/optuna.js';
import { problems } from './problems.js';
import { writeReadme } from './readme.js';
import { median } from './tables.js';

const WARM = 10;

/** Times of single asks, ms: by the clock, and of the processor (which a busy machine leaves alone). */
function askTimes(problem: string, sampler: string, trials: number, rounds: number): Times[string][string][string] {
  const { space, loss } = problems[problem] as (typeof problems)[string];
  const draws = createStudy({ space, sampler: 'random', seed: 5 });
  const study = createStudy({ space, sampler: { name: sampler } as SamplerSpec, seed: 0 });
  for (let i = 0; i < trials; i++) {
    const { params } = draws.ask();
    study.add(params, loss(params));
  }
  const clock: number[] = [];
  const processor: number[] = [];
  for (let i = 0; i < rounds + WARM; i++) {
    const start = performance.now();
    const used = process.cpuUsage();
    const { number, params } = study.ask();
    const { user, system } = process.cpuUsage(used);
    if (i >= WARM) {
      clock.push(performance.now() - start);
      processor.push((user + system) / 1000);
    }
    study.tell(number, loss(params));
  }
  return { median_ms: median(clock), processor_ms: median(processor), max_ms: Math.max(...clock) };
}

function ourTimes(rounds: number): Times {
  const out: Times = {};
  for (const sampler of ['random', 'tpe', 'cma-es', 'gp', 'auto'])
    for (const problem of ['hartmann6', 'mixed'])
      for (const trials of [100, 1000]) {
        const times = askTimes(problem, sampler, trials, rounds);
        ((out[sampler] ??= {})[problem] ??= {})[trials] = times;
        console.log(
          sampler,
          problem,
          trials,
          `median ${times.median_ms.toFixed(2)} ms, most ${times.max_ms.toFixed(1)}`,
        );
      }
  return out;
}

/** Optuna's process, with its names turned into ours. */
function theirTimes(rounds: number, samplers: string): Times {
  const folder = mkdtempSync(join(tmpdir(), 'bench-tune-times-'));
  try {
    const path = join(folder, 'times.json');
    const python = optunaPython(join(here, 'peers'), samplers.includes('gp'));
    const script = join(here, 'peers', 'optuna_timing.py');
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    const args = [script, path, String(rounds), String(WARM), samplers];
    const { status } = spawnSync(python, args, { stdio: 'inherit', env });
    if (status !== 0) throw new Error(`optuna_timing.py ended with ${status}`);
    const { cmaes, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as Times;
    return cmaes === undefined ? rest : { ...rest, 'cma-es': cmaes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A study of 1,000 trials in stretches of 200: what one trial (asked, reported twice, told) of each takes and leaves. */
function growthOf(sampler: string): Stretch[] {
  const { space, loss } = problems['mixed'] as (typeof problems)[string];
  const study = createStudy({ space, sampler: { name: sampler } as SamplerSpec, seed: 0, trials: 1000 });
  const size = (): number => JSON.stringify(study).length;
  const heap = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  };
  const stretches: Stretch[] = [];
  for (let end = 200; end <= 1000; end += 200) {
    const [bytes, held] = [size(), heap()];
    const times: number[] = [];
    while (study.trials.length < end) {
      const used = process.cpuUsage();
      const { number, params } = study.ask();
      const value = loss(params);
      study.report(number, 1, value + 1);
      study.report(number, 2, value);
      study.tell(number, value);
      const { user, system } = process.cpuUsage(used);
      times.push((user + system) / 1000);
    }
    stretches.push({
      trials: end,
      processor_ms: median(times),
      bytes: (size() - bytes) / 200,
      heap: (heap() - held) / 200,
    });
  }
  return stretches;
}

const [rounds = '31', theirs = 'random,tpe,cmaes,gp'] = process.argv.slice(2);
const library = digestOfLibrary();
const growth: Record<string, Stretch[]> = {};
const ours = ourTimes(Number(rounds));
const keep = (optuna: Times): void =>
  write(data('timing.json'), JSON.stringify({ library, ours, optuna, growth } as Timed));
for (const sampler of ['random', 'tpe', 'evolution', 'auto']) {
  growth[sampler] = growthOf(sampler);
  keep({});
}
keep(theirTimes(Number(rounds), theirs));
writeReadme();
