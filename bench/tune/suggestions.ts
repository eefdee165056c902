/**
 * What the results depend on, whatever the source looks like: a digest of suggestions, every digit of them, by all the
 * samplers and pruners of this benchmark on all its problems. A version of the library that suggests the same finds the
 * same, so what was measured of it before stays; half a minute tells.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Study } from 'ml-hyperparameter';
import { objectiveProblems, searchFront } from './objectives.js';
import { problems } from './problems.js';
import { curveProblems, FULL, pruners, spend } from './pruning.js';
import { realProblems } from './real.js';
import { searchBest } from './regret.js';

/** A process costs far more than all others: its studies are shorter. */
const trialsOf = (sampler: string): number => (sampler === 'gp' ? 40 : 100);

/** The digest, of seed 0. */
export function digestOfSuggestions(): string {
  const hash = createHash('sha256');
  const add = (study: Study): void => {
    for (const { params, state } of study.trials) hash.update(`${JSON.stringify(params)} ${state}\n`);
  };
  for (const problem of Object.values({
    ...problems,
    ...realProblems(join(import.meta.dirname, 'data', 'tables.json')),
  }))
    for (const sampler of ['random', 'tpe', 'cma-es', 'gp']) add(searchBest(problem, sampler, 0, trialsOf(sampler)));
  for (const kind of Object.keys(curveProblems))
    for (const pruner of Object.keys(pruners)) add(spend(kind, 'tpe', pruner, 0, 20 * FULL).study);
  add(spend('aligned', 'gp', 'forecast', 0, 10 * FULL).study);
  for (const name of Object.keys(objectiveProblems))
    for (const sampler of ['nsga2', 'motpe', 'gp']) add(searchFront(name, sampler, 0, trialsOf(sampler)));
  return hash.digest('hex').slice(0, 16);
}
