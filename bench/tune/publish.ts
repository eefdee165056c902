/**
 * Measures what is missing on both sides and writes the tables into README.md:
 * `node bench/tune/run.mjs publish [MINUTES] [OURS,…] [OPTUNA,…]`, then again until nothing is missing.
 * Each study is kept as soon as it has ended. Both sides are seeded, so a run on another machine finds the same values.
 * Times are measured by `timing.ts`, on a machine with nothing else to do.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { data, here, keepOurs, readOurs, type Ours } from './measured.js';
import { objectiveProblems, reach } from './objectives.js';
import { optunaPython } from './peers/optuna.js';
import { problems } from './problems.js';
import { curveProblems, pruningRun } from './pruning.js';
import { writeReadme } from './readme.js';
import { realProblems } from './real.js';
import { bestAfter } from './regret.js';

const SEEDS = 20;

/** Seeds in turn over all problems, so that a run that was stopped has as many seeds of each. */
function measureRegret(ours: Ours, samplers: readonly string[], until: number): void {
  const all = Object.entries({ ...problems, ...realProblems(data('tables.json')) });
  for (const sampler of samplers)
    for (let seed = 0; seed < SEEDS; seed++)
      for (const [name, problem] of all) {
        const { all: rows } = ((ours.regret[name] ??= {})[sampler] ??= { all: [] });
        if (rows.length > seed) continue;
        if (Date.now() > until) return;
        rows.push(bestAfter(problem, sampler, seed));
        keepOurs(ours);
      }
}

function measureObjectives(ours: Ours, samplers: readonly string[], until: number): void {
  for (let seed = 0; seed < SEEDS; seed++)
    for (const sampler of samplers)
      for (const name of Object.keys(objectiveProblems)) {
        const found = ((ours.objectives[name] ??= {})[sampler] ??= []);
        if (found.length > seed) continue;
        if (Date.now() > until) return;
        found.push(reach(name, sampler, seed));
        keepOurs(ours);
      }
}

interface Pruned {
  readonly sampler: string;
  readonly pruners: readonly string[];
  readonly seeds: number;
  readonly kinds: readonly string[];
}

/** Draws cost next to nothing, a process minutes a study. */
const PRUNED: readonly Pruned[] = [
  { sampler: 'random', pruners: ['none', 'asha'], seeds: 100, kinds: Object.keys(curveProblems) },
  { sampler: 'gp', pruners: ['none', 'forecast'], seeds: SEEDS, kinds: ['aligned'] },
  {
    sampler: 'tpe',
    pruners: [
      'none',
      'forecast',
      'asha',
      'median',
      'percentile25',
      'hyperband',
      'wilcoxon',
      'patience',
      'patient-median',
    ],
    seeds: SEEDS,
    kinds: Object.keys(curveProblems),
  },
];

function measurePruning(ours: Ours, samplers: readonly string[], until: number): void {
  for (const { sampler, pruners, seeds, kinds } of PRUNED.filter((p) => samplers.includes(p.sampler)))
    for (const pruner of pruners)
      for (const kind of kinds) {
        const name = `${kind}+${sampler}+${pruner}`;
        if (ours.pruning[name] !== undefined) continue;
        if (Date.now() > until) return;
        ours.pruning[name] = pruningRun(kind, sampler, pruner, seeds);
        keepOurs(ours);
      }
}

/** Optuna's own process, which goes on where an earlier one was stopped. */
function measureOptuna(samplers: readonly string[], until: number): void {
  const python = optunaPython(join(here, 'peers'), samplers.includes('gp'));
  const run = (script: string, args: readonly string[]): void => {
    const left = until - Date.now();
    if (left <= 0) return;
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    spawnSync(python, [join(here, 'peers', script), ...args], { stdio: 'inherit', timeout: left, env });
  };
  run('optuna_regret.py', [data('peers.json'), data('tables.json'), samplers.join(','), String(SEEDS)]);
  run('optuna_objectives.py', [data('peers-objectives.json'), 'nsga2,tpe', String(SEEDS)]);
}

const split = (names: string): string[] => names.split(',').filter((name) => name !== '');
const [minutes = '600', mine = 'random,tpe,cma-es,gp', theirs = 'random,tpe,tpe-uni,tpe-mv-group,cmaes,gp'] =
  process.argv.slice(2);
const until = Date.now() + Number(minutes) * 60_000;
const ours = readOurs();
measureRegret(ours, split(mine), until);
if (mine !== '')
  measureObjectives(ours, split(mine).includes('gp') ? ['nsga2', 'motpe', 'gp'] : ['nsga2', 'motpe'], until);
measurePruning(ours, split(mine), until);
if (theirs !== '') measureOptuna(split(theirs), until);
keepOurs(ours);
writeReadme();
