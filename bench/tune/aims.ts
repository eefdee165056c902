/** What the library aims at beside its peers, with what was measured: met or missed. */
import type { Ours, Timed, Volumes } from './measured.js';
import {
  besideBest,
  higher,
  MARKS,
  median,
  medianAt,
  medians,
  PAIRS,
  reachedAt,
  say,
  tally,
  worseOn,
} from './tables.js';
import type { PruningRun, Regret } from './tables.js';

/** One aim. */
interface Aim {
  readonly aim: string;
  readonly figure: string;
  /** `undefined` where too few seeds were run to tell. */
  readonly met: boolean | undefined;
}

/** Epochs of a hundred full trainings. */
const BUDGET = 2700;
/** Seeds below which hypervolumes are not judged. */
const FEWEST = 5;
/** What Optuna's Parzen estimator finds in all of them on the aligned curves. */
const ALONE = 9.8e-4;

function regretAims(ours: Regret, peers: Regret, formulas: readonly string[]): Aim[] {
  const named = PAIRS.filter(([mine]) => mine !== 'auto').flatMap(([mine, peer]) =>
    [1, 2].map((m) => {
      const count = tally(ours, peers, [mine, peer], formulas, m);
      return {
        aim: `${mine} beside Optuna's ${peer}, ${MARKS[m]} trials: median no higher on 8 of 10, worse on none`,
        figure: `${count.noHigher} of ${count.of}, ${worseOn(count)}`,
        met: count.noHigher >= 8 && count.worse.length === 0,
      };
    }),
  );
  const auto = tally(ours, peers, ['auto', 'tpe'], formulas, 2);
  const best = besideBest(ours, peers, 'auto', formulas);
  const notWorse = best.filter((r) => r.said !== '-').length;
  const conditional = ours['conditional']?.['gp'];
  return [
    ...named,
    {
      aim: "the default beside Optuna's, 100 trials: better on 5 of 10, worse on none",
      figure: `${auto.better} of ${auto.of}, ${worseOn(auto)}`,
      met: auto.better >= 5 && auto.worse.length === 0,
    },
    {
      aim: "the default beside the best of all Optuna's samplers: not worse on 8 of 10",
      figure: `${notWorse} of ${best.length}`,
      met: notWorse >= 8,
    },
    ...(conditional === undefined
      ? []
      : [
          {
            aim: 'gp on the conditional space, 100 trials: median regret at most 7e-5',
            figure: say(medians(conditional)[2]),
            met: (medians(conditional)[2] as number) <= 7e-5,
          },
        ]),
  ];
}

function pruningAims(runs: Readonly<Record<string, PruningRun>>): Aim[] {
  const [none, asha] = [runs['aligned+random+none'], runs['aligned+random+asha']];
  const found: Aim[] = [];
  if (none !== undefined && asha !== undefined) {
    const end = medianAt(none, BUDGET);
    const [full, pruned] = [reachedAt(none, end, BUDGET) ?? BUDGET, reachedAt(asha, end, BUDGET) ?? Infinity];
    found.push({
      aim: "random with asha reaches full trainings' best in 0.29 of the epochs that those need",
      figure: `${pruned} of ${full}: ${(pruned / full).toFixed(2)} (of the whole budget of ${BUDGET}: ${(pruned / BUDGET).toFixed(2)})`,
      met: pruned / full <= 0.29,
    });
  }
  const soonest = (sampler: string): { text: string; at: number } | undefined =>
    Object.entries(runs)
      .flatMap(([name, run]) => {
        const [kind, by, pruner] = name.split('+');
        const at =
          kind !== 'aligned' || by !== sampler || pruner === 'none' ? undefined : reachedAt(run, ALONE, BUDGET);
        if (at === undefined) return [];
        return [{ text: `${by} with ${pruner}: ${at} (${(at / BUDGET).toFixed(2)}; ${run.traces.length} seeds)`, at }];
      })
      .sort((x, y) => x.at - y.at)[0];
  const learning = ['tpe', 'gp'].map(soonest).filter((s) => s !== undefined);
  found.push({
    aim: `tpe or gp with a pruner reaches 9.8e-4 (Optuna's TPE alone, ${BUDGET} epochs) in half of the epochs`,
    figure: learning.map((s) => s.text).join('; ') || 'not reached',
    met: learning.some((s) => s.at <= BUDGET / 2),
  });
  return found;
}

function volumeAims(ours: Volumes, peers: Volumes): Aim[] {
  return Object.entries(peers).flatMap(([name, theirs]) => {
    const own = ours[name]?.['gp'];
    if (own === undefined) return [];
    return [
      {
        aim: `hypervolume on ${name}, default: at least Optuna's NSGA-II and TPE`,
        figure: `${Number(median(own).toPrecision(5))}; ${Object.entries(theirs)
          .map(([sampler, values]) => `${sampler} ${Number(median(values).toPrecision(5))} ${higher(own, values)}`)
          .join(', ')}`,
        met: [own, ...Object.values(theirs)].some((values) => values.length < FEWEST)
          ? undefined
          : Object.values(theirs).every((values) => median(own) >= median(values)),
      },
    ];
  });
}

const LIMITS = [
  ['tpe', 'hartmann6', '1000', 5, 'tpe, 1,000 trials in 6 dimensions'],
  ['tpe', 'mixed', '1000', 15, 'tpe, 1,000 trials on the mixed space'],
  ['gp', 'hartmann6', '100', 40, 'gp, 100 trials in 6 dimensions'],
  ['gp', 'hartmann6', '1000', 400, 'gp, 1,000 trials in 6 dimensions'],
] as const;

/** Of the processor, which a busy machine leaves alone, and by the clock. */
const told = (t: { processor_ms: number; median_ms: number }): string =>
  `${say(t.processor_ms)} (by the clock ${say(t.median_ms)})`;

function timeAims({ ours, optuna }: Timed): Aim[] {
  return LIMITS.flatMap(([sampler, problem, trials, limit, what]) => {
    const own = ours[sampler]?.[problem]?.[trials];
    const theirs = optuna[sampler]?.[problem]?.[trials];
    if (own === undefined) return [];
    return [
      {
        aim: `${what}: under ${limit} ms`,
        figure: `${told(own)}; Optuna ${theirs === undefined ? 'not run' : told(theirs)}`,
        met: own.processor_ms < limit,
      },
    ];
  });
}

/** All aims as a table. */
export function aimsTable(
  ours: Ours & { readonly regret: Regret },
  peers: { readonly regret: Regret; readonly objectives: Volumes },
  timed: Timed | undefined,
  formulas: readonly string[],
): string[] {
  const all = [
    ...regretAims(ours.regret, peers.regret, formulas),
    ...pruningAims(ours.pruning),
    ...volumeAims(ours.objectives, peers.objectives),
    ...(timed === undefined ? [] : timeAims(timed)),
  ];
  return [
    '| aim | measured | |',
    '| --- | --- | --- |',
    ...all.map(
      ({ aim, figure, met }) =>
        `| ${aim} | ${figure} | ${met === undefined ? 'too few seeds' : met ? 'met' : '**missed**'} |`,
    ),
  ];
}
