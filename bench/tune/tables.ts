/** The tables of the README, from what was measured; Mann–Whitney at 5% says better and worse. */
import type { Volumes } from './measured.js';
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
/** The medians of an entry, after each of `MARKS` trials. */
export const medians = (e: Entry): number[] => quartiles(e.all)[1];
/** Three digits. */
export const say = (value: number | undefined): string =>
  value === undefined ? '' : value === 0 ? '0' : Number(value.toPrecision(3)).toString();

/** "+" better, "-" worse, "=" neither, at 5%. */
export function verdict(ours: readonly number[], theirs: readonly number[]): '+' | '-' | '=' {
  const { p, less } = mannWhitney(ours, theirs);
  return p >= 0.05 ? '=' : less ? '+' : '-';
}

/** How one of ours stands against one of theirs after so many trials, counted over problems. */
export interface Tally {
  readonly of: number;
  readonly noHigher: number;
  readonly better: number;
  /** The problems on which it is worse. */
  readonly worse: readonly string[];
}

/** What two samplers came to on one problem, both measured. */
interface Pair {
  readonly problem: string;
  readonly mine: Entry;
  readonly peer: Entry;
}

function pairs(ours: Regret, peers: Regret, mine: string, peer: string, only: readonly string[]): Pair[] {
  return only.flatMap((problem) => {
    const [a, b] = [ours[problem]?.[mine], peers[problem]?.[peer]];
    return a === undefined || b === undefined ? [] : [{ problem, mine: a, peer: b }];
  });
}

/** One of our samplers beside one of theirs, counted; `m` is a place in `MARKS`. */
export function tally(
  ours: Regret,
  peers: Regret,
  [mine, peer]: readonly [string, string],
  only: readonly string[],
  m: number,
): Tally {
  const found = pairs(ours, peers, mine, peer, only);
  const said = found.map((p) => verdict(column(p.mine, m), column(p.peer, m)));
  return {
    of: found.length,
    noHigher: found.filter((p) => (medians(p.mine)[m] as number) <= (medians(p.peer)[m] as number)).length,
    better: said.filter((v) => v === '+').length,
    worse: found.filter((_, i) => said[i] === '-').map((p) => p.problem),
  };
}

/** In words. */
export const worseOn = ({ worse }: Tally): string => `worse on ${worse.length === 0 ? 'none' : worse.join(', ')}`;

/** One of our samplers beside one of theirs, problem by problem, and the count. */
export function compare(ours: Regret, peers: Regret, mine: string, peer: string, only: readonly string[]): string[] {
  const rows = pairs(ours, peers, mine, peer, only).map(({ problem, mine: a, peer: b }) => {
    const cells = MARKS.map(
      (_, m) => `${say(medians(a)[m])} ${verdict(column(a, m), column(b, m))} | ${say(medians(b)[m])}`,
    );
    return `| ${problem} | ${cells.join(' | ')} | ${a.all.length}, ${b.all.length} |`;
  });
  if (rows.length === 0) return [];
  return [
    `### ${mine} beside Optuna's ${peer}`,
    '',
    `| problem | ${MARKS.map((m) => `${m}: ours | ${m}: Optuna`).join(' | ')} | seeds |`,
    `| --- | ${'---: | ---: | '.repeat(3)}---: |`,
    ...rows,
    '',
    ...MARKS.map((trials, m) => {
      const count = tally(ours, peers, [mine, peer], only, m);
      return `- ${trials} trials, of ${count.of}: median no higher on ${count.noHigher}, better on ${count.better}, ${worseOn(count)}`;
    }),
    '',
  ];
}

/** Ours beside the peer's sampler with the lowest median after 100 trials, problem by problem. */
export function besideBest(
  ours: Regret,
  peers: Regret,
  mine: string,
  only: readonly string[],
): { problem: string; own: number; best: string; theirs: number; said: '+' | '-' | '=' }[] {
  const last = MARKS.length - 1;
  const at = (e: Entry): number => medians(e)[last] as number;
  return only.flatMap((problem) => {
    const a = ours[problem]?.[mine];
    const theirs = Object.entries(peers[problem] ?? {});
    if (a === undefined || theirs.length === 0) return [];
    const [name, best] = theirs.reduce((x, y) => (at(y[1]) < at(x[1]) ? y : x));
    return [{ problem, own: at(a), best: name, theirs: at(best), said: verdict(column(a, last), column(best, last)) }];
  });
}

/** On how many problems ours is not worse than the peer's sampler with the lowest median there, after 100 trials. */
export function againstBest(ours: Regret, peers: Regret, mine: string, only: readonly string[]): string[] {
  const rows = besideBest(ours, peers, mine, only);
  if (rows.length === 0) return [];
  return [
    `### ${mine} beside the best of Optuna's samplers, 100 trials`,
    '',
    '| problem | ours | best | |',
    '| --- | ---: | ---: | --- |',
    ...rows.map((r) => `| ${r.problem} | ${say(r.own)} | ${r.best} ${say(r.theirs)} | ${r.said} |`),
    '',
    `- not worse on ${rows.filter((r) => r.said !== '-').length} of ${rows.length}`,
    '',
  ];
}

/** Hypervolume, ours with what it is against Optuna's two; higher is better. */
export function volumesTable(ours: Volumes, peers: Volumes): string[] {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(peers)])];
  const samplers = (from: Volumes): string[] => [...new Set(Object.values(from).flatMap((v) => Object.keys(v)))];
  const line = (title: string, from: Volumes, sampler: string, mark: (name: string, own: number[]) => string): string =>
    `| ${title} | ${names
      .map((name) => {
        const own = from[name]?.[sampler] ?? [];
        return own.length === 0 ? 'not run' : `${Number(median(own).toPrecision(5))}${mark(name, own)} (${own.length})`;
      })
      .join(' | ')} |`;
  const against = (name: string, own: readonly number[]): string =>
    ` ${samplers(peers)
      .map((s) => (peers[name]?.[s] === undefined ? '?' : higher(own, peers[name][s])))
      .join('')}`;
  return [
    `| | ${names.join(' | ')} |`,
    `| --- | ${'---: | '.repeat(names.length)}`.trim(),
    ...samplers(ours).map((s) => line(s === 'gp' ? 'auto (gp)' : s, ours, s, against)),
    ...samplers(peers).map((s) => line(`Optuna's ${s}`, peers, s, () => '')),
  ];
}

/** "+" where ours are higher, "-" where they are lower, "=" where neither, at 5%. */
export const higher = (ours: readonly number[], theirs: readonly number[]): '+' | '-' | '=' =>
  verdict(
    ours.map((v) => -v),
    theirs.map((v) => -v),
  );

/** Several studies of one sampler with one pruner: when the incumbent changed, and its regret then; median counts. */
export interface PruningRun {
  readonly traces: readonly (readonly (readonly [spent: number, regret: number])[])[];
  readonly trials: number;
  readonly complete: number;
}

/** Each study's regret after so many epochs. */
export function regretsAt(run: PruningRun, epochs: number): number[] {
  return run.traces.map((trace) => trace.findLast(([spent]) => spent <= epochs)?.[1] ?? 1e9);
}

/** The middle of some values. */
export const median = (values: readonly number[]): number => quartiles(values.map((v) => [v]))[1][0] as number;
/** The median regret after so many epochs. */
export const medianAt = (run: PruningRun, epochs: number): number => median(regretsAt(run, epochs));

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
