import { factorise, solveLower } from '../numeric/cholesky.js';
import { exp } from '../numeric/elementary.js';
import type { Domain, Point } from '../space/index.js';
import type { Observation } from './trial.js';

/** What a trial will come to, and how far the truth may lie from it (a standard deviation). */
export interface Guess {
  readonly mean: number;
  readonly spread: number;
}

/** Complete trials that a forecast is made from: those nearest to the trial by loss, fall and configuration. */
const MOST = 30;
/** Complete trials below which nothing is forecast. */
const LEAST = 3;
/** The part of what a line misses that is not alike even for equal configurations. */
const APART = 0.1;
/** Prior variance of the line's coefficients, in shares of what it misses: wide, so that the trials decide. */
const WIDE = 10;

/** Where a curve stands at a step: its loss, how far that fell over the later half of the steps, and its parameters. */
interface Stand {
  readonly loss: number;
  readonly fall: number;
  readonly point: Point;
}

/** Loss of a curve at its last step not after `step`, where it is a number. */
function lossAt(curve: Observation['curve'], step: number): number | undefined {
  let found: number | undefined;
  for (const [at, loss] of curve) {
    if (at > step) break;
    found = loss;
  }
  return found !== undefined && found < Infinity ? found : undefined;
}

function standOf({ curve, point }: Observation, step: number): Stand | undefined {
  const loss = lossAt(curve, step);
  if (loss === undefined) return undefined;
  const before = lossAt(curve, step / 2);
  return { loss, fall: before === undefined ? 0 : before - loss, point };
}

/** How far two points are apart, in the reach of what is alike; reaches grow with the dimensions, as distances do. */
function apart(domain: Domain, a: Point, b: Point): number {
  let squared = 0;
  domain.dimensions.forEach((d, i) => {
    const u = a[i] as number;
    const v = b[i] as number;
    if (d.nominal || u !== u || v !== v) squared += u === v || (u !== u && v !== v) ? 0 : 0.25;
    else squared += (u - v) * (u - v);
  });
  return (8 * squared) / Math.max(1, domain.dimensions.length);
}

/** One over the standard deviation; 0 where all are equal. */
function unitOf(values: readonly number[]): number {
  const mean = values.reduce((s, v) => s + v, 0) / values.length;
  const squares = values.reduce((s, v) => s + (v - mean) * (v - mean), 0);
  return squares > 0 ? 1 / Math.sqrt(squares / values.length) : 0;
}

/** Measures stands in units of the spread among some, from one of them. */
function offsetsFrom(here: Stand, among: readonly Stand[]): (s: Stand) => readonly [number, number] {
  const loss = unitOf(among.map((s) => s.loss));
  const fall = unitOf(among.map((s) => s.fall));
  return (s) => [(s.loss - here.loss) * loss, (s.fall - here.fall) * fall];
}

/** A stand whose end is known. */
type Followed = Stand & { readonly end: number };

/**
 * Forecasts what trials come to from where they stand, by how complete trials went on from the same step: a line over
 * the loss and its late fall, and a process over the space for what the line misses, both from those that are nearest.
 * So a trial unlike those that were followed to their end is judged with the whole spread of what was ever missed, two
 * trials at the same loss are told apart by their pace, and near the optimum small differences count.
 * After: Baker et al., Accelerating neural architecture search using performance prediction (2017), for the regression
 * across trials; Swersky et al., Freeze-thaw Bayesian optimization (2014), for the process over the space.
 */
export class Forecaster {
  private readonly complete: readonly Observation[];
  private readonly byStep = new Map<number, readonly Followed[]>();

  constructor(
    private readonly domain: Domain,
    history: readonly Observation[],
  ) {
    this.complete = history.filter((t) => t.state === 'complete' && t.losses !== undefined && t.curve.length > 0);
  }

  /** Where a trial that stands where it does at its last step will end; `undefined` where too little is known. */
  of(trial: Observation): Guess | undefined {
    const step = trial.curve[trial.curve.length - 1]?.[0];
    if (step === undefined) return undefined;
    const here = standOf(trial, step);
    const all = this.followed(step);
    if (here === undefined || all.length < LEAST) return undefined;
    return forecastFrom(this.domain, nearest(this.domain, here, all), here);
  }

  private followed(step: number): readonly Followed[] {
    let found = this.byStep.get(step);
    if (found === undefined) {
      found = this.complete.flatMap((t) => {
        const stand = standOf(t, step);
        return stand === undefined ? [] : [{ ...stand, end: t.losses?.[0] as number }];
      });
      this.byStep.set(step, found);
    }
    return found;
  }
}

function nearest(domain: Domain, here: Stand, all: readonly Followed[]): Followed[] {
  const offset = offsetsFrom(here, all);
  const far = all.map((s) => {
    const [loss, fall] = offset(s);
    return loss * loss + fall * fall + apart(domain, s.point, here.point);
  });
  const order = all.map((_, k) => k).sort((a, b) => (far[a] as number) - (far[b] as number) || a - b);
  return order.slice(0, MOST).map((k) => all[k] as Followed);
}

function forecastFrom(domain: Domain, near: readonly Followed[], here: Stand): Guess | undefined {
  const n = near.length;
  const rows = near.map(offsetsFrom(here, near));
  const factor = new Float64Array(n * n);
  near.forEach((a, i) => {
    const [loss, fall] = rows[i] as readonly [number, number];
    for (let j = 0; j <= i; j++) {
      const [l, f] = rows[j] as readonly [number, number];
      const same = i === j ? APART : 0;
      factor[i * n + j] =
        exp(-apart(domain, a.point, (near[j] as Followed).point)) + same + WIDE * (1 + loss * l + fall * f);
    }
  });
  if (!factorise(factor, n)) return undefined;
  const missed = Float64Array.from(near, (s) => s.end - s.loss);
  const pull = Float64Array.from(near, (s) => exp(-apart(domain, s.point, here.point)) + WIDE);
  solveLower(factor, n, missed);
  solveLower(factor, n, pull);
  let squares = 0;
  let shift = 0;
  let known = 0;
  for (let i = 0; i < n; i++) {
    squares += (missed[i] as number) * (missed[i] as number);
    shift += (missed[i] as number) * (pull[i] as number);
    known += (pull[i] as number) * (pull[i] as number);
  }
  const open = Math.max(APART, 1 + APART + WIDE - known);
  return { mean: here.loss + shift, spread: Math.sqrt((squares / Math.max(1, n - 2)) * open) };
}
