/** The tables of the README, from what was measured; Mann–Whitney at 5% says better and worse. */
import { mannWhitney, quartiles } from './statistics.js';

/** Trials after which the best so far is recorded. */
export const MARKS = [25, 50, 100] as const;

/** Every seed's best of one sampler on one problem, after each of `MARKS` trials. */
export interface Entry {
  readonly all: readonly (readonly number[])[];
}
/** Entries by problem and sampler. */
export type Regret = Readonly<Record<string, Readonly<Record<string, Entry>>>>;

/** Ours beside Optuna's of the same name. `auto` is held against Optuna's default, and picks the process here. */
export const PAIRS = [
  ['random', 'random'],
  ['tpe', 'tpe'],
  ['cma-es', 'cmaes'],
  ['gp', 'gp'],
  ['auto', 'tpe'],
] as const;

const column = (e: Entry, m: number): number[] => e.all.map((row) => row[m] as number);
const medians = (e: Entry): number[] => quartiles(e.all)[1];
const say = (value: number | undefined): string =>
  value === undefined ? '' : value === 0 ? '0' : Number(value.toPrecision(3)).toString();

/** "+" better, "-" worse, "=" neither, at 5%. */
export function verdict(ours: readonly number[], theirs: readonly number[]): '+' | '-' | '=' {
  const { p, less } = mannWhitney(ours, theirs);
  return p >= 0.05 ? '=' : less ? '+' : '-';
}

/** One of our samplers beside one of theirs, problem by problem, and the count. */
export function compare(ours: Regret, peers: Regret, mine: string, peer: string, only: readonly string[]): string[] {
  const tally = MARKS.map(() => ({ noHigher: 0, better: 0, worse: [] as string[] }));
  const rows = only.flatMap((problem) => {
    const a = ours[problem]?.[mine];
    const b = peers[problem]?.[peer];
    if (a === undefined || b === undefined) return [];
    const cells = MARKS.map((_, m) => {
      const [own, other] = [medians(a)[m] as number, medians(b)[m] as number];
      const said = verdict(column(a, m), column(b, m));
      const count = tally[m] as (typeof tally)[number];
      if (own <= other) count.noHigher++;
      if (said === '+') count.better++;
      if (said === '-') count.worse.push(problem);
      return `${say(own)} ${said} | ${say(other)}`;
    });
    return [`| ${problem} | ${cells.join(' | ')} | ${a.all.length}, ${b.all.length} |`];
  });
  if (rows.length === 0) return [];
  return [
    `### ${mine} beside Optuna's ${peer}`,
    '',
    `| problem | ${MARKS.map((m) => `${m}: ours | ${m}: Optuna`).join(' | ')} | seeds |`,
    `| --- | ${'---: | ---: | '.repeat(3)}---: |`,
    ...rows,
    '',
    ...MARKS.map((m, i) => {
      const { noHigher, better, worse } = tally[i] as (typeof tally)[number];
      const bad = worse.length === 0 ? 'worse on none' : `worse on ${worse.join(', ')}`;
      return `- ${m} trials, of ${rows.length}: median no higher on ${noHigher}, better on ${better}, ${bad}`;
    }),
    '',
  ];
}

/** On how many problems ours is not worse than the peer's sampler with the lowest median there, after 100 trials. */
export function againstBest(ours: Regret, peers: Regret, mine: string, only: readonly string[]): string[] {
  const rows = only.flatMap((problem) => {
    const a = ours[problem]?.[mine];
    const theirs = Object.entries(peers[problem] ?? {});
    if (a === undefined || theirs.length === 0) return [];
    const last = MARKS.length - 1;
    const at = (e: Entry): number => medians(e)[last] as number;
    const [name, best] = theirs.reduce((x, y) => (at(y[1]) < at(x[1]) ? y : x));
    return [
      `| ${problem} | ${say(at(a))} | ${name} ${say(at(best))} | ${verdict(column(a, last), column(best, last))} |`,
    ];
  });
  if (rows.length === 0) return [];
  return [
    `### ${mine} beside the best of Optuna's samplers, 100 trials`,
    '',
    '| problem | ours | best | |',
    '| --- | ---: | ---: | --- |',
    ...rows,
    '',
    `- not worse on ${rows.filter((r) => !r.endsWith('- |')).length} of ${rows.length}`,
    '',
  ];
}

/** Several studies of one sampler with one pruner: when the incumbent changed, and its regret then. */
export interface PruningRun {
  readonly traces: readonly (readonly (readonly [spent: number, regret: number])[])[];
  readonly trials: number;
  readonly complete: number;
}

/** Each study's regret after so many epochs. */
export function regretsAt(run: PruningRun, epochs: number): number[] {
  return run.traces.map((trace) => trace.findLast(([spent]) => spent <= epochs)?.[1] ?? 1e9);
}

const medianAt = (run: PruningRun, epochs: number): number =>
  quartiles(regretsAt(run, epochs).map((v) => [v]))[1][0] as number;

/** The first epoch, in steps of nine, at which the median is at most the target. */
export function reachedAt(run: PruningRun, target: number, budget: number): number | undefined {
  for (let epochs = 9; epochs <= budget; epochs += 9) if (medianAt(run, epochs) <= target) return epochs;
  return undefined;
}

/** Pruners beside none, for each sampler and kind of curves. `runs` by `kind+sampler+pruner`. */
export function pruningTable(runs: Readonly<Record<string, PruningRun>>, budgetOf: (kind: string) => number): string[] {
  const kinds = [...new Set(Object.keys(runs).map((name) => name.split('+')[0] as string))];
  return kinds.flatMap((kind) => pruningOf(runs, kind, budgetOf(kind)));
}

function pruningOf(runs: Readonly<Record<string, PruningRun>>, kind: string, budget: number): string[] {
  const marks = [0.2, 1 / 3, 0.5, 0.75, 1].map((share) => Math.round(share * budget));
  return [
    `### ${kind} curves`,
    '',
    `| sampler, pruner | ${marks.join(' | ')} | epochs to none's end | trials, complete | seeds |`,
    `| --- | ${'---: | '.repeat(marks.length + 2)}---: |`,
    ...Object.entries(runs).flatMap(([name, run]) => {
      const [here, sampler, pruner] = name.split('+') as [string, string, string];
      const bare = runs[`${kind}+${sampler}+none`];
      if (here !== kind || bare === undefined) return [];
      const end = regretsAt(bare, budget);
      const cells = marks.map((m) => {
        const said = pruner === 'none' || m < budget / 2 ? '' : ` ${verdict(regretsAt(run, m), end)}`;
        return say(medianAt(run, m)) + said;
      });
      const reached = reachedAt(run, medianAt(bare, budget), budget);
      const when = reached === undefined ? 'not' : `${reached} (${(reached / budget).toFixed(2)})`;
      return [
        `| ${sampler}, ${pruner} | ${cells.join(' | ')} | ${when} | ${run.trials}, ${run.complete} | ${run.traces.length} |`,
      ];
    }),
    '',
  ];
}
