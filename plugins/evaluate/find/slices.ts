import { UserError } from '@trainyard/errors';
import {
  holm,
  hypergeometricTail,
  interval95,
  largerTail,
  shortName,
  valueOn,
  type Draws,
  type Figure,
} from '@trainyard/metrics';
import type { TableCell } from '@trainyard/tables';
import type { z } from 'zod';
import { openModel } from '../../../models/index.js';
import { implement } from '../../../worker/index.js';
import { answersOf, type Answers } from '../answers.js';
import { decidingFigure } from '../comparison.js';
import { ROW_TASKS, rowErrors } from '../row-errors.js';
import { sliceNamer } from '../slices.js';
import { slices, type foundSlice, type sliceSearch } from './contract.js';
import { slicesPage } from './page.js';

type Found = z.output<typeof foundSlice>;
export type SliceSearch = z.output<typeof sliceSearch>;

/** Slices in the value: the report has more. */
const IN_VALUE = 8;
/** Streams of the draws begin here. */
const FIRST_STREAM = 2000;

export const slicesNode = implement(slices, async ({ params, inputs, ctx }) => {
  const model = await openModel(inputs.model);
  try {
    const { limit = null, least, shown } = params;
    const columns = params.columns ?? model.needs(model.rules.length).slice(0, 30);
    const answers = await answersOf({
      models: [model],
      table: inputs.table,
      port: 'table',
      columns,
      scratch: ctx.scratch,
      signal: ctx.signal,
    });
    const figure = decidingFigure(answers.task, params.metric ?? answers.task.slices[0]);
    const draws = { seed: ctx.seed, resamples: params.resamples };
    const found = searchSlices(answers, figure, { ...params, limit, draws });
    const worst = found.slices.filter(({ verdict }) => verdict !== 'too small');
    const value: SliceSearch = {
      task: answers.task.type,
      figure: shortName(figure.name),
      tested: found.tested,
      better: figure.better as 'larger',
      n: answers.rows,
      value: valueOn(figure, answers.samples[0]!),
      least,
      limit,
      looked: worst.length,
      tooSmall: found.slices.length - worst.length,
      verdict: overall(worst, limit !== null),
      slices: worst.slice(0, IN_VALUE),
    };
    const all = [
      ...worst.slice(0, shown),
      ...found.slices.filter(({ verdict }) => verdict === 'too small').slice(0, shown),
    ];
    return {
      value,
      files: {
        'report.html': slicesPage(value, all, figure, params.alpha),
        'report.json': `${JSON.stringify({ ...value, slices: all, params })}\n`,
      },
    };
  } finally {
    await model.dispose();
  }
});

/** What is said of all slices together: failed before cannot tell before passed. Without a slice nothing is known. */
function overall(slices: readonly Found[], limited: boolean): SliceSearch['verdict'] {
  const any = (verdict: Found['verdict']): boolean => slices.some((one) => one.verdict === verdict);
  if (slices.length === 0) return 'cannot tell';
  if (!limited) return any('worse') ? 'worse' : 'not worse';
  return any('failed') ? 'failed' : any('cannot tell') ? 'cannot tell' : 'passed';
}

interface Search {
  readonly least: number;
  readonly pairs: boolean;
  readonly limit: number | null;
  readonly alpha: number;
  /** Slices whose intervals are drawn where there is no limit. */
  readonly shown: number;
  readonly draws: Draws;
}

interface Cut {
  readonly columns: readonly string[];
  readonly values: readonly string[];
  readonly rows: readonly number[];
}

/** All slices of the columns kept, and of pairs of them; the worst first, by p-value. */
export function searchSlices(
  answers: Answers,
  figure: Figure,
  search: Search,
): { readonly slices: Found[]; readonly tested: string } {
  const { task } = answers;
  const sample = answers.samples[0]!;
  const errors = rowErrors(task, sample);
  if (!errors)
    throw new UserError(`models for ${task.type} are measured by groups of rows, so there are no slices of rows`, {
      where: { port: 'model' },
      expected: `a model for one of ${ROW_TASKS}`,
    });
  const wrong = errors.errors.reduce((sum, one) => sum + one, 0);
  const cuts = cutsOf(answers.columns, search.pairs).filter(({ rows }) => rows.length < answers.rows);
  const tested = cuts.filter(({ rows }) => rows.length >= search.least);
  const byRanks = errors.wrongOrRight ? undefined : largerTail(errors.errors);
  const p = tested.map(({ rows }) => {
    if (byRanks) return byRanks(rows);
    const inside = rows.reduce((sum, row) => sum + errors.errors[row]!, 0);
    return hypergeometricTail(inside, rows.length, wrong, answers.rows);
  });
  const adjusted = holm(p);
  const order = tested
    .map((_, i) => i)
    .sort((a, b) => p[a]! - p[b]! || tested[b]!.rows.length - tested[a]!.rows.length || a - b);
  const found = order.map((at, place): Found => {
    const { columns, values, rows } = tested[at]!;
    const units = Int32Array.from(rows);
    // Intervals take time: without a limit they are of the slices that are shown.
    const drawn = search.limit !== null || place < search.shown;
    const interval = drawn ? interval95(task, figure, sample, search.draws, FIRST_STREAM + place, units) : undefined;
    const isWorse = adjusted[at]! <= search.alpha;
    return {
      columns: [...columns],
      values: values.map((value) => value.slice(0, 80)),
      n: rows.length,
      value: valueOn(figure, sample, units),
      interval: interval ? [interval[0], interval[1]] : null,
      p: p[at]!,
      adjusted: adjusted[at]!,
      verdict: search.limit === null ? (isWorse ? 'worse' : 'not worse') : against(search.limit, figure, interval),
    };
  });
  const few = cuts
    .filter(({ rows }) => rows.length < search.least)
    .sort((a, b) => b.rows.length - a.rows.length)
    .map(({ columns, values, rows }): Found => ({
      columns: [...columns],
      values: values.map((value) => value.slice(0, 80)),
      n: rows.length,
      value: valueOn(figure, sample, Int32Array.from(rows)),
      interval: null,
      p: null,
      adjusted: null,
      verdict: 'too small',
    }));
  return { slices: [...found, ...few], tested: errors.says };
}

/** Whether the whole interval keeps to the limit, or breaks it. */
export function against(
  limit: number,
  { better }: Pick<Figure, 'better'>,
  interval: readonly [number, number] | undefined,
): 'passed' | 'failed' | 'cannot tell' {
  if (!interval) return 'cannot tell';
  const [low, high] = interval;
  if (better === 'smaller') return high <= limit ? 'passed' : low > limit ? 'failed' : 'cannot tell';
  return low >= limit ? 'passed' : high < limit ? 'failed' : 'cannot tell';
}

/** Rows by the values of each column, and of each pair. */
function cutsOf(columns: ReadonlyMap<string, readonly TableCell[]>, pairs: boolean): Cut[] {
  const named = [...columns].map(([column, cells]) => {
    const name = sliceNamer(cells);
    return { column, values: cells.map(name) };
  });
  const cuts: Cut[] = [];
  const cut = (of: readonly (typeof named)[number][]): void => {
    const groups = new Map<string, number[]>();
    const keys = of[0]!.values.map((_, row) => JSON.stringify(of.map(({ values }) => values[row])));
    keys.forEach((key, row) => {
      const rows = groups.get(key);
      if (rows) rows.push(row);
      else groups.set(key, [row]);
    });
    for (const [key, rows] of groups)
      cuts.push({ columns: of.map(({ column }) => column), values: JSON.parse(key) as string[], rows });
  };
  named.forEach((one, i) => {
    cut([one]);
    if (pairs) for (const other of named.slice(i + 1)) cut([one, other]);
  });
  return cuts;
}
