import { randomFrom } from '@trainyard/numeric';
import { allUnits } from './draw.js';
import { bootstrap, quantile, wilson, type Interval } from './intervals.js';
import { mcnemar, type McNemar } from './mcnemar.js';
import type { Better, Figure, FigureValue, Sample, TaskFigures } from './tasks/index.js';

/** Figures by name; null where one is not defined. */
export type MeasuredFigures = Readonly<Record<string, number | null>>;

export interface Draws {
  readonly seed: number;
  /** Draws of the bootstrap. */
  readonly resamples: number;
}

/** A figure of a sample; null where it is not defined. */
export function valueOn(figure: Figure, sample: Sample, drawn: Int32Array = allUnits(sample.units)): number | null {
  const value = drawn.length === 0 ? undefined : figure.of(sample, drawn);
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** All figures of a sample. */
export function measure({ figures }: TaskFigures, sample: Sample): MeasuredFigures {
  const all = allUnits(sample.units);
  return Object.fromEntries(figures.map((figure) => [figure.name, valueOn(figure, sample, all)]));
}

/** Draws of figures that share them come from a stream behind those of the others, */
const SHARED_STREAM = 900;
/** and are fewer where rows are many: so many rows are drawn in all, but no fewer than so many times. */
const [MOST_DRAWN, FEWEST_DRAWS] = [2e7, 200];

/** How often units are drawn for the figures that share their draws. */
export function sharedDraws(units: number, resamples: number): number {
  return Math.min(resamples, Math.max(FEWEST_DRAWS, Math.floor(MOST_DRAWN / Math.max(1, units))));
}

/**
 * 95 % intervals of those figures that have one, by short name, in the order of the figures. Each draws from a stream of its own, or
 * shares its draws with all that say so.
 */
export function intervalsOf(task: TaskFigures, sample: Sample, draws: Draws): Record<string, [number, number]> {
  const all = allUnits(sample.units);
  const defined = task.figures.filter((figure) => valueOn(figure, sample, all) !== null);
  const shared = sharedIntervals(
    defined.filter(({ interval }) => interval === 'shared'),
    sample,
    draws,
  );
  const found: [string, [number, number]][] = [];
  let stream = 0;
  for (const figure of task.figures) {
    if (figure.interval === 'bootstrap') stream++;
    if (!defined.includes(figure)) continue;
    const interval =
      figure.interval === 'shared' ? shared.get(figure.name) : interval95(task, figure, sample, draws, stream);
    if (interval) found.push([shortName(figure.name), [interval[0], interval[1]]]);
  }
  return Object.fromEntries(found);
}

/** Percentile intervals of several figures over the same draws. Draws on which a figure is not defined are left out. */
function sharedIntervals(
  figures: readonly Figure[],
  sample: Sample,
  { seed, resamples }: Draws,
): ReadonlyMap<string, Interval> {
  const values = figures.map((): number[] => []);
  const random = randomFrom(seed, SHARED_STREAM);
  const times = figures.length === 0 ? 0 : sharedDraws(sample.units, resamples);
  for (let r = 0; r < times; r++) {
    const drawn = new Int32Array(sample.units);
    for (let i = 0; i < drawn.length; i++) drawn[i] = random.integer(drawn.length);
    figures.forEach((figure, f) => {
      const value = valueOn(figure, sample, drawn);
      if (value !== null) values[f]!.push(value);
    });
  }
  return new Map(
    figures.flatMap(({ name }, f) => {
      const sorted = values[f]!.sort((a, b) => a - b);
      return sorted.length === 0 ? [] : [[name, [quantile(sorted, 0.025), quantile(sorted, 0.975)] as const]];
    }),
  );
}

/** A figure's 95 % interval on the units given; undefined where it has none. */
export function interval95(
  task: TaskFigures,
  figure: Figure,
  sample: Sample,
  { seed, resamples }: Draws,
  stream: number,
  units: Int32Array = allUnits(sample.units),
): Interval | undefined {
  if (figure.interval === 'share' && task.right) {
    const right = task.right(sample);
    return wilson(units.filter((unit) => right[unit]).length, units.length);
  }
  if (figure.interval === undefined || figure.interval === 'share') return undefined;
  const of = (drawn: Int32Array): number | undefined =>
    figure.of(
      sample,
      drawn.map((at) => units[at]!),
    );
  return bootstrap(units.length, of, randomFrom(seed, stream), resamples);
}

/** Two models on the same units. */
export interface PairedDifference {
  /** First − second, turned so that above 0 the first is better; null where the figure is not defined on both. */
  readonly difference: number | null;
  /** It holds 1 − `alpha`. */
  readonly interval: Interval | null;
  /** Where an answer is right or wrong. */
  readonly mcnemar: McNemar | null;
}

/** Compares two models by one figure, on draws of the same units. */
export function comparePaired(
  task: TaskFigures,
  figure: Figure,
  [first, second]: readonly [Sample, Sample],
  { seed, resamples, stream, alpha }: Draws & { readonly stream: number; readonly alpha: number },
): PairedDifference {
  const turned = figure.better === 'smaller' ? -1 : 1;
  const between = (drawn: Int32Array): number | undefined => {
    const [one, other] = [valueOn(figure, first, drawn), valueOn(figure, second, drawn)];
    return one === null || other === null ? undefined : turned * (one - other);
  };
  const difference = between(allUnits(first.units));
  return {
    difference: difference ?? null,
    interval:
      difference === undefined
        ? null
        : (bootstrap(first.units, between, randomFrom(seed, stream), resamples, 1 - alpha) ?? null),
    mcnemar: task.right ? mcnemar(task.right(first), task.right(second)) : null,
  };
}

/** The figures that stand for a model, those that are defined, the first before all others. */
export function headlinesOf(task: TaskFigures, measured: MeasuredFigures): FigureValue[] {
  return task.headlines.flatMap((name) => {
    const value = measured[name];
    const figure = task.figures.find((one) => one.name === name);
    return figure && typeof value === 'number' ? [{ name, value, better: figure.better }] : [];
  });
}

/** Which way each figure is better, by name, for those that judge a model. */
export function betterOf({ figures }: TaskFigures): Record<string, Exclude<Better, 'neither'>> {
  return Object.fromEntries(
    figures.flatMap(({ name, better }) => (better === 'neither' ? [] : [[name, better] as const])),
  );
}

/** A figure by its name, or by its short name. */
export function findFigure({ figures }: TaskFigures, name: string): Figure | undefined {
  return figures.find((one) => one.name === name || shortName(one.name) === name);
}

/** A name without dots: `f1.macro` is `f1Macro`. */
export function shortName(name: string): string {
  return name.replace(/\.(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Figures under their paths: `f1.macro` within `f1`. */
export function nested(figures: MeasuredFigures): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(figures)) {
    const path = name.split('.');
    const last = path.pop()!;
    let inner = whole;
    for (const part of path) inner = (inner[part] ??= {}) as Record<string, unknown>;
    inner[last] = value;
  }
  return whole;
}
