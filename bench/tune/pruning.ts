/**
 * Best end loss against epochs spent, on the learning curves of `problems.ts` and on tabulated real ones.
 * A full training has 27 epochs. The incumbent is the trial that reached epoch 27 with the lowest loss there; what is
 * recorded is its regret, without the wobble of the made curves.
 */
import { join } from 'node:path';
import { createStudy, type PrunerSpec, type SamplerSpec, type Study } from 'ml-hyperparameter';
import { curve, mixed, mixedSpace, type curveKinds } from './problems.js';
import { realCurves, type CurveProblem } from './real.js';
import type { PruningRun } from './tables.js';

/** Epochs of a full training. */
export const FULL = 27;

const made = (kind: keyof typeof curveKinds): CurveProblem => ({
  space: mixedSpace,
  curve: (p, epoch) => curve(p, epoch, kind),
  regret: mixed,
});

/** What is searched: the made curves and the real ones. */
export const curveProblems: Readonly<Record<string, CurveProblem>> = {
  aligned: made('aligned'),
  crossing: made('crossing'),
  ...realCurves(join(import.meta.dirname, 'data', 'curves.json')),
};

/** Epochs that a study may spend: 100 full trainings, on the real tables (some hundred configurations) 40. */
export const budgetOf = (kind: string): number => (kind === 'aligned' || kind === 'crossing' ? 100 : 40) * FULL;

/** Pruners by the names of the table. */
export const pruners: Readonly<Record<string, PrunerSpec>> = {
  none: { name: 'none' },
  median: { name: 'median' },
  percentile25: { name: 'percentile', keep: 0.25 },
  asha: { name: 'asha', min: 1, eta: 3 },
  hyperband: { name: 'hyperband', min: 1, max: FULL, eta: 3 },
  forecast: { name: 'forecast' },
  wilcoxon: { name: 'wilcoxon' },
  patience: { name: 'patience', patience: 3 },
  'patient-median': { name: 'patience', patience: 3, inner: { name: 'median' } },
};

/** One study: the incumbent's regret after each improvement, with the epochs spent by then. */
export function spend(kind: string, sampler: string, pruner: string, seed: number, budget: number) {
  const { space, curve: reach, regret } = curveProblems[kind] as CurveProblem;
  const spec = pruners[pruner] as PrunerSpec;
  const study = createStudy({ space, sampler: { name: sampler } as SamplerSpec, pruner: spec, seed }) as Study;
  let spent = 0;
  let complete = 0;
  let best = { end: Infinity, regret: Infinity };
  const trace: [number, number][] = [];
  while (spent < budget) {
    const { number, params } = study.ask();
    let last = 0;
    let epoch = 0;
    let cut = false;
    while (epoch < FULL && spent < budget && !cut) {
      epoch++;
      spent++;
      last = reach(params, epoch);
      study.report(number, epoch, last);
      cut = epoch < FULL && study.shouldPrune(number);
    }
    if (epoch < FULL) {
      study.prune(number);
      continue;
    }
    study.tell(number, last);
    complete++;
    if (!(last < best.end)) continue;
    best = { end: last, regret: Number(regret(params).toPrecision(6)) };
    trace.push([spent, best.regret]);
  }
  return { study, trace, complete };
}

/** Studies of seeds 0, 1, 2, … */
export function pruningRun(kind: string, sampler: string, pruner: string, seeds: number): PruningRun {
  const studies = Array.from({ length: seeds }, (_, seed) => spend(kind, sampler, pruner, seed, budgetOf(kind)));
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;
  return {
    traces: studies.map((s) => s.trace),
    trials: middle(studies.map((s) => s.study.trials.length)),
    complete: middle(studies.map((s) => s.complete)),
  };
}
