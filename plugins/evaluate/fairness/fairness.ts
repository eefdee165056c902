import { UserError } from '@trainyard/errors';
import {
  allUnits,
  bootstrap,
  chooseClass,
  expectedCalibrationError,
  FAIRNESS_GAPS,
  gapInterval,
  groupRates,
  leastOf,
  pairsOf,
  ratioOf,
  type CalibrationBin,
  type FairnessGap,
  type GroupedAnswers,
  type GroupRates,
} from '@trainyard/metrics';
import { randomFrom } from '@trainyard/numeric';
import type { z } from 'zod';
import { openModel } from '../../../models/index.js';
import { implement } from '../../../worker/index.js';
import { classified } from '../calibrate/calibrate.js';
import { against } from '../find/slices.js';
import { fairness, type fairnessFigures } from './contract.js';
import { fairnessPage } from './page.js';

export type FairnessFigures = z.output<typeof fairnessFigures>;
type Cut = FairnessFigures['cuts'][number];
type Verdict = 'passed' | 'failed' | 'cannot tell';

/** Groups in all, beyond which a column names no groups. */
const MOST_GROUPS = 200;
const NAMES = Object.keys(FAIRNESS_GAPS) as FairnessGap[];

export const fairnessNode = implement(fairness, async ({ params, inputs, ctx }) => {
  const model = await openModel(inputs.model);
  try {
    const { truth, p, task, rows, columns } = await classified(model, inputs.table, ctx, params.groups);
    const positive = positiveClass(task.classes, params.positive);
    const selected = Int32Array.from({ length: rows }, (_, row) =>
      Number(chooseClass(p.values.subarray(row * p.classes, (row + 1) * p.classes), task) === positive),
    );
    const is = truth.map((one) => Number(one === positive));
    const given = Float64Array.from({ length: rows }, (_, row) => p.values[row * p.classes + positive]!);
    const sets = [...params.groups.map((name) => [name]), ...(params.groups.length > 1 ? [params.groups] : [])];
    const grouped = sets.map((names): Grouped => {
      const { values, group } = groupsOf(names, columns);
      const answers: GroupedAnswers = { truth: is, selected, group, groups: values.length };
      return { names, values, answers, given, rates: groupRates(answers, allUnits(rows)) };
    });
    const limited = NAMES.filter((name) => params.limits[name] !== undefined);
    // All differences that a limit is held against: together they keep to one chance of a false alarm.
    const looks = grouped.reduce(
      (sum, one) => limited.reduce((all, name) => all + pairsOf(name, judgedOf(one, params.least).length), sum),
      0,
    );
    const cuts = grouped.map((one, s) =>
      cutOf(one, { ...params, looks }, { seed: ctx.seed, stream: s * NAMES.length }),
    );
    const verdicts = cuts.flatMap(({ gaps }) => gaps.flatMap((one) => one.verdict ?? []));
    const small = grouped.flatMap((one) => [...warningsOf(one, params.least, limited)]);
    const whole: FairnessFigures = {
      positive: task.classes[positive]!,
      n: rows,
      least: params.least,
      verdict: verdicts.length === 0 ? null : together(verdicts),
      cuts,
      warnings: small,
    };
    return {
      value: { ...whole, cuts: cuts.map((one) => ({ ...one, groups: [] })) },
      files: {
        'report.html': fairnessPage(whole),
        'report.json': `${JSON.stringify({ ...whole, params })}\n`,
      },
    };
  } finally {
    await model.dispose();
  }
});

/** Failed before cannot tell before passed. */
export function together(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes('failed') ? 'failed' : verdicts.includes('cannot tell') ? 'cannot tell' : 'passed';
}

export function positiveClass(classes: readonly string[], named: string | undefined): number {
  const at = named === undefined && classes.length === 2 ? 1 : classes.indexOf(named ?? '');
  if (at >= 0) return at;
  throw new UserError(
    named === undefined
      ? `the model has ${classes.length} classes, so the one in question must be named`
      : `the model has no class "${named}"`,
    { where: { field: 'positive' }, expected: classes.slice(0, 20).join(', ') },
  );
}

interface Grouped {
  readonly names: readonly string[];
  /** Of each group, its value of each column. */
  readonly values: readonly (readonly string[])[];
  readonly answers: GroupedAnswers;
  /** Probability of the class in question. */
  readonly given: Float64Array;
  readonly rates: readonly GroupRates[];
}

/** Groups with rows enough to stand in a distance. */
const judgedOf = ({ rates }: Grouped, least: number): number[] =>
  rates.flatMap(({ rows }, g) => (rows >= least ? [g] : []));

/** What cannot be said, and why. */
function* warningsOf(grouped: Grouped, least: number, limited: readonly FairnessGap[]): Iterable<string> {
  const { names, rates } = grouped;
  const judged = judgedOf(grouped, least);
  const by = `of ${rates.length} groups by ${names.join(' and ')}`;
  if (judged.length < rates.length)
    yield `${rates.length - judged.length} ${by} are too small: nothing is said of them`;
  for (const name of limited) {
    const few = judged.filter((g) => leastOf(name, rates[g]!) < least).length;
    if (few > 0)
      yield `${few} ${by} have fewer than ${least} rows that the rates of ${name} are taken of: whether its limit is kept there, nobody can tell`;
  }
}

interface Judging {
  readonly least: number;
  readonly limits: Partial<Record<FairnessGap, number>>;
  readonly resamples: number;
  readonly looks: number;
}

function cutOf(
  grouped: Grouped,
  { least, limits, resamples, looks }: Judging,
  { seed, stream }: { readonly seed: number; readonly stream: number },
): Cut {
  const { names, values, answers, given, rates } = grouped;
  const rows = given.length;
  const judged = judgedOf(grouped, least);
  const gaps = NAMES.map((name, k): Cut['gaps'][number] => {
    const gap = (drawn: Int32Array): number | undefined => {
      const drawnRates = groupRates(answers, drawn);
      return FAIRNESS_GAPS[name](judged.map((g) => drawnRates[g]!));
    };
    const value = gap(allUnits(rows)) ?? null;
    const found = value === null ? undefined : bootstrap(rows, gap, randomFrom(seed, 1 + stream + k), resamples);
    const drawn = { name, value, interval: found ? ([found[0], found[1]] as [number, number]) : null };
    const limit = limits[name] ?? null;
    if (limit === null) return { ...drawn, limit, verdict: null };
    const ofPairs = gapInterval(
      name,
      judged.map((g) => rates[g]!),
      { least, looks },
    );
    return {
      ...drawn,
      limit,
      judged: ofPairs ? [ofPairs[0], ofPairs[1]] : null,
      verdict: against(limit, { better: 'smaller' }, ofPairs),
    };
  });
  return {
    columns: [...names],
    gaps,
    ratio: ratioOf(judged.map((g) => rates[g]!.selectionRate)) ?? null,
    groups: rates.map((one, g) => ({
      group: [...values[g]!],
      n: one.rows,
      tooSmall: one.rows < least,
      baseRate: one.baseRate ?? null,
      selectionRate: one.selectionRate ?? null,
      truePositiveRate: one.truePositiveRate ?? null,
      falsePositiveRate: one.falsePositiveRate ?? null,
      precision: one.precision ?? null,
      accuracy: one.accuracy ?? null,
      ...calibrationOf(answers, given, g),
    })),
  };
}

/** Calibration of the probability of the class within a group. */
function calibrationOf({ truth, group }: GroupedAnswers, given: Float64Array, g: number, bins = 10) {
  const sums = Array.from({ length: bins }, () => ({ rows: 0, given: 0, is: 0 }));
  for (let row = 0; row < given.length; row++) {
    if (group[row] !== g) continue;
    const bin = sums[Math.min(bins - 1, Math.floor(given[row]! * bins))]!;
    bin.rows++;
    bin.given += given[row]!;
    bin.is += truth[row]!;
  }
  const known = sums.filter(({ rows }) => rows > 0);
  const all = known.reduce((sum, { rows }) => sum + rows, 0);
  const found = known.map((bin): CalibrationBin => ({ from: 0, to: 1, rows: bin.rows, predicted: bin.given / bin.rows, observed: bin.is / bin.rows })); // prettier-ignore
  return {
    calibrationError: all === 0 ? null : expectedCalibrationError(found),
    overestimate: all === 0 ? null : known.reduce((sum, bin) => sum + bin.given - bin.is, 0) / all,
  };
}

/** The groups that values of columns make together, in order; a missing value is a group of its own. */
export function groupsOf(
  names: readonly string[],
  columns: ReadonlyMap<string, readonly (string | number | boolean | null)[]>,
): { readonly values: string[][]; readonly group: Int32Array } {
  const cells = names.map((name) => columns.get(name)!);
  const keys = cells[0]!.map((_, row) =>
    JSON.stringify(cells.map((column) => (column[row] === null ? 'missing' : String(column[row])))),
  );
  const sorted = [...new Set(keys)].sort();
  if (sorted.length > MOST_GROUPS)
    throw new UserError(`${names.join(' and ')} make ${sorted.length} groups`, {
      where: { field: 'groups' },
      expected: `at most ${MOST_GROUPS}`,
      remedy: 'cut numbers into ranges beforehand, or name fewer columns',
    });
  const places = new Map(sorted.map((key, g) => [key, g]));
  return {
    values: sorted.map((key) => JSON.parse(key) as string[]),
    group: Int32Array.from(keys, (key) => places.get(key)!),
  };
}
