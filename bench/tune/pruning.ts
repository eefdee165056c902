/**
 * Best end loss against epochs spent, on the learning curves of `problems.ts`.
 * A full training has 27 epochs; the budget is 2,700 epochs. The incumbent is the trial that reached epoch 27 with the
 * lowest loss there; what is recorded is its regret without the curve's wobble.
 * `node bench/tune/run.mjs pruning OUT.json SAMPLER PRUNER[,…] [SEEDS] [BUDGET]`
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createStudy, type PrunerSpec, type SamplerSpec } from 'ml-hyperparameter';
import { curve, curveKinds, mixed, mixedSpace } from './problems.js';
import { quartiles } from './statistics.js';

/** Epochs of a full training. */
export const FULL = 27;
/** Epochs at which the incumbent is recorded. */
export const EPOCH_MARKS = [135, 270, 540, 900, 1350, 2700] as const;

/** Pruners by the names of the table. */
export const pruners: Readonly<Record<string, PrunerSpec>> = {
  none: { name: 'none' },
  median: { name: 'median' },
  'median-warm3': { name: 'median', startup: 5, warmup: 3 },
  percentile25: { name: 'percentile', keep: 0.25 },
  asha: { name: 'asha', min: 1, eta: 3 },
  hyperband: { name: 'hyperband', min: 1, max: FULL, eta: 3 },
  forecast: { name: 'forecast' },
  wilcoxon: { name: 'wilcoxon' },
  patience: { name: 'patience', patience: 3 },
  'patient-median': { name: 'patience', patience: 3, inner: { name: 'median' } },
};

/** One study: the incumbent's regret after each improvement, with the epochs spent by then. */
export function spend(
  kind: keyof typeof curveKinds,
  sampler: string,
  pruner: PrunerSpec,
  seed: number,
  budget: number,
) {
  const study = createStudy({ space: mixedSpace, sampler: { name: sampler } as SamplerSpec, pruner, seed });
  let spent = 0;
  let complete = 0;
  let trials = 0;
  let best = { end: Infinity, regret: Infinity };
  const trace: [number, number][] = [];
  while (spent < budget) {
    const { number, params } = study.ask();
    trials++;
    let last = 0;
    let epoch = 0;
    let cut = false;
    while (epoch < FULL && spent < budget && !cut) {
      epoch++;
      spent++;
      last = curve(params, epoch, kind);
      study.report(number, epoch, last);
      cut = epoch < FULL && study.shouldPrune(number);
    }
    if (epoch < FULL) study.prune(number);
    else {
      study.tell(number, last);
      complete++;
      if (last < best.end) best = { end: last, regret: mixed(params) };
    }
    if (trace[trace.length - 1]?.[1] !== best.regret) trace.push([spent, best.regret]);
  }
  const at = EPOCH_MARKS.map((m) => trace.findLast(([s]) => s <= m)?.[1] ?? 1e9);
  return { at, trials, complete, trace };
}

if (process.argv[1]?.includes('pruning') === true) {
  const [path = 'pruning.json', sampler = 'tpe', names = 'asha', seeds = '20', budget = '2700'] = process.argv.slice(2);
  const out = (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { runs: {} }) as {
    runs: Record<string, unknown>;
  };
  for (const name of names.split(',')) {
    for (const kind of Object.keys(curveKinds) as (keyof typeof curveKinds)[]) {
      const runs = Array.from({ length: Number(seeds) }, (_, seed) =>
        spend(kind, sampler, pruners[name] as PrunerSpec, seed, Number(budget)),
      );
      const [q25, median, q75] = quartiles(runs.map((r) => r.at));
      out.runs[`${kind}+${sampler}+${name}`] = {
        seeds: runs.length,
        q25,
        median,
        q75,
        all: runs.map((r) => r.at),
        traces: runs.map((r) => r.trace),
      };
      const [, middle] = quartiles(runs.map((r) => [r.trials, r.complete]));
      console.log(
        kind,
        sampler,
        name,
        ...median.map((m) => m.toPrecision(3)),
        `trials ${middle[0]} complete ${middle[1]}`,
      );
      writeFileSync(path, JSON.stringify(out));
    }
  }
}
