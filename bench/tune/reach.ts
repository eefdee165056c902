/**
 * Epochs after which the median regret over the seeds is at most a target: `node bench/tune/run.mjs reach PRUNING.json
 * RUN TARGET [BUDGET]`; a target that names a run is what that run has at its end.
 */
import { readFileSync } from 'node:fs';
import { quartiles } from './statistics.js';

interface Run {
  readonly traces: readonly (readonly (readonly [number, number])[])[];
}

/** Median regret after so many epochs. */
export function medianAt(run: Run, epochs: number): number {
  const now = run.traces.map((trace) => [trace.findLast(([spent]) => spent <= epochs)?.[1] ?? Infinity]);
  return quartiles(now)[1][0] as number;
}

/** The first epoch, in steps of nine, at which the median is at most the target. */
export function reachedAt(run: Run, target: number, budget: number): number | undefined {
  for (let epochs = 9; epochs <= budget; epochs += 9) if (medianAt(run, epochs) <= target) return epochs;
  return undefined;
}

if (process.argv[1]?.includes('reach') === true) {
  const [path = 'pruning.json', name = '', goal = '', budget = '2700'] = process.argv.slice(2);
  const { runs } = JSON.parse(readFileSync(path, 'utf8')) as { runs: Record<string, Run> };
  const other = runs[goal];
  const target = other === undefined ? Number(goal) : medianAt(other, Number(budget));
  const epochs = reachedAt(runs[name] as Run, target, Number(budget));
  console.log(
    `${name} reaches ${target.toPrecision(3)} ${epochs === undefined ? 'never' : `in ${epochs} epochs, ${(epochs / Number(budget)).toFixed(3)} of ${budget}`}`,
  );
}
