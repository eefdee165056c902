/**
 * Measures what is missing on both sides and writes the tables into README.md:
 * `node bench/tune/run.mjs publish [MINUTES] [OURS,…] [OPTUNA,…]`, then again until nothing is missing.
 * Optuna's results are kept with its versions and ours with a digest of the library's source; either is measured anew
 * when that changed. Both sides are seeded, so a run on another machine finds the same values.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { peerPython } from '../peer-python.js';
import { fill } from '../section.js';
import { problems } from './problems.js';
import { budgetOf, curveProblems, pruningRun } from './pruning.js';
import { realProblems } from './real.js';
import { bestAfter } from './regret.js';
import { againstBest, compare, MARKS, PAIRS, pruningTable, type PruningRun, type Regret } from './tables.js';

const here = import.meta.dirname;
const data = (name: string): string => join(here, 'data', name);
const SEEDS = 20;
/** Studies of a process take minutes. */
const FEWER_SEEDS = 5;

interface Ours {
  readonly library: string;
  readonly regret: Record<string, Record<string, { all: number[][] }>>;
  readonly pruning: Record<string, PruningRun>;
}

/** What the results depend on: the library's own source, tests left out. */
function digestOfLibrary(): string {
  const source = join(here, '..', '..', 'packages', 'ml-hyperparameter', 'src');
  const hash = createHash('sha256');
  for (const part of ['numeric', 'pruners', 'random.ts', 'samplers', 'space', 'study'])
    for (const file of filesUnder(join(source, part)))
      if (!file.endsWith('.test.ts')) hash.update(readFileSync(file, 'utf8'));
  return hash.digest('hex').slice(0, 16);
}

function filesUnder(path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  return readdirSync(path, { recursive: true })
    .map((name) => join(path, String(name)))
    .filter((name) => name.endsWith('.ts'))
    .sort();
}

function write(path: string, text: string): void {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}

/** Seeds in turn over all problems, so that a run that was stopped has as many seeds of each. */
function measureOurs(ours: Ours, samplers: readonly string[], until: number): void {
  const all = Object.entries({ ...problems, ...realProblems(data('tables.json')) });
  for (const sampler of samplers)
    for (let seed = 0; seed < SEEDS; seed++)
      for (const [name, problem] of all) {
        const { all: rows } = ((ours.regret[name] ??= {})[sampler] ??= { all: [] });
        if (rows.length > seed) continue;
        if (Date.now() > until) return;
        rows.push(bestAfter(problem, sampler, seed));
        write(data('ours.json'), JSON.stringify(ours));
      }
}

const PRUNED: readonly (readonly [sampler: string, pruners: readonly string[], seeds: number])[] = [
  ['random', ['none', 'asha'], SEEDS],
  [
    'tpe',
    ['none', 'asha', 'median', 'percentile25', 'hyperband', 'wilcoxon', 'patience', 'patient-median', 'forecast'],
    SEEDS,
  ],
  ['gp', ['none', 'asha', 'median', 'forecast'], FEWER_SEEDS],
];

function measurePruning(ours: Ours, until: number): void {
  for (const [sampler, names, seeds] of PRUNED)
    for (const kind of Object.keys(curveProblems))
      for (const pruner of names) {
        if (ours.pruning[`${kind}+${sampler}+${pruner}`] !== undefined) continue;
        if (Date.now() > until) return;
        ours.pruning[`${kind}+${sampler}+${pruner}`] = pruningRun(kind, sampler, pruner, seeds);
        write(data('ours.json'), JSON.stringify(ours));
      }
}

/** Optuna's own process, which goes on where an earlier one was stopped. */
function measureOptuna(samplers: readonly string[], until: number): void {
  const left = until - Date.now();
  if (left <= 0) return;
  const gp = samplers.includes('gp');
  // Optuna's Gaussian process wants PyTorch.
  const files = ['requirements.txt', ...(gp ? ['requirements-gp.txt'] : [])].map((name) => join(here, 'peers', name));
  const python = peerPython('optuna', files, gp ? 'some gigabytes' : '300 MB');
  spawnSync(
    python,
    [
      join(here, 'peers', 'optuna_regret.py'),
      data('peers.json'),
      data('tables.json'),
      samplers.join(','),
      String(SEEDS),
    ],
    { stdio: 'inherit', timeout: left, env: { ...process.env, OMP_NUM_THREADS: '1' } },
  );
}

function publish(ours: Ours): void {
  const { regret: peers } = JSON.parse(readFileSync(data('peers.json'), 'utf8')) as { regret: Regret };
  const formulas = Object.keys(problems);
  const real = Object.keys(realProblems(data('tables.json')));
  // On these spaces and budgets `auto` picks the process, suggestion by suggestion the same.
  const regret = Object.fromEntries(
    Object.entries(ours.regret).map(([name, found]) => [
      name,
      found['gp'] === undefined ? found : { ...found, auto: found['gp'] },
    ]),
  );
  const tables = (only: readonly string[]): string[] => [
    ...PAIRS.flatMap(([mine, peer]) => compare(regret, peers, mine, peer, only)),
    ...againstBest(regret, peers, 'auto', only),
  ];
  let text = readFileSync(join(here, 'README.md'), 'utf8');
  text = fill(text, 'regret', tables(formulas));
  text = fill(text, 'real problems', tables(real));
  text = fill(text, 'pruning', pruningTable(ours.pruning, budgetOf));
  writeFileSync(join(here, 'README.md'), text);
}

const split = (names: string): string[] => names.split(',').filter((name) => name !== '');
const [minutes = '600', mine = 'random,tpe,cma-es,gp', theirs = 'random,tpe,tpe-uni,tpe-mv-group,cmaes,gp'] =
  process.argv.slice(2);
const until = Date.now() + Number(minutes) * 60_000;
const library = digestOfLibrary();
const kept = existsSync(data('ours.json')) ? (JSON.parse(readFileSync(data('ours.json'), 'utf8')) as Ours) : undefined;
const ours: Ours = kept?.library === library ? kept : { library, regret: {}, pruning: {} };
measureOurs(ours, split(mine), until);
if (mine !== '') measurePruning(ours, until);
if (theirs !== '') measureOptuna(split(theirs), until);
publish(ours);
console.log(`Measured up to MARKS ${MARKS.join(', ')}; README.md is written.`);
