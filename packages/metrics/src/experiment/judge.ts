import { UserError } from '@trainyard/errors';
import type { Interval } from '../intervals.js';
import type { ArmTotals, ExperimentPlan, ExperimentVerdict, OutcomeTotals } from './contract.js';
import { alwaysInterval, mismatchOdds } from './sequence.js';

type Outcome = ExperimentPlan['metric'] | ExperimentPlan['guards'][number];
type Found = ExperimentVerdict['metric'];
type Guard = ExperimentVerdict['guards'][number];
type Said = Pick<ExperimentVerdict, 'verdict' | 'says' | 'ended'>;

/** Odds from which on the arms do not have the rows that were planned: 1 of 1,000 experiments that are well reaches them. */
const BROKEN_SPLIT = 1000;

export interface Arms {
  readonly control: ArmTotals;
  readonly treatment: ArmTotals;
}

/**
 * What an experiment says now. It may be asked as often as one likes, after any row: the chance that equals are ever called different is
 * at most the plan's alpha. Pure, so a Workflow may ask it. Throws a UserError where a share is no share.
 */
export function judgeExperiment(plan: ExperimentPlan, { control, treatment }: Arms): ExperimentVerdict {
  const look = (outcome: Outcome, alphas: readonly [low: number, high: number]): Found =>
    foundOf(plan, outcome, [control.outcomes[outcome.name], treatment.outcomes[outcome.name]], alphas);
  const { alpha, guards, most } = plan;
  const metric = look(plan.metric, [alpha, alpha]);
  // Any guard may stop the experiment, so each has its part of alpha (Bonferroni); all must be kept, so each may take alpha.
  const seen = guards.map((guard): Guard => {
    const found = look(guard, [alpha, alpha / guards.length]);
    return { ...found, margin: guard.margin, verdict: guardVerdict(found, guard.margin) };
  });
  const rows = { control: control.rows, treatment: treatment.rows };
  const odds = mismatchOdds(rows.control, rows.treatment, plan.share);
  const all = rows.control + rows.treatment;
  const mismatch = {
    expected: plan.share,
    found: all === 0 ? null : rows.treatment / all,
    odds,
    broken: odds >= BROKEN_SPLIT,
  };
  const known = (arm: ArmTotals): number => arm.outcomes[plan.metric.name]?.n ?? 0;
  const full = known(control) >= most.control && known(treatment) >= most.treatment;
  const view = { plan, metric, guards: seen, mismatch, full, known: [known(control), known(treatment)] as const };
  return { ...said(view), rows, most, metric, guards: seen, mismatch };
}

/** Difference and interval of an outcome; `alphas` are those of its lower and its upper end. */
function foundOf(
  { least, scales }: ExperimentPlan,
  { name, type, better }: Outcome,
  [control, treatment]: readonly [OutcomeTotals | undefined, OutcomeTotals | undefined],
  [forLow, forHigh]: readonly [number, number],
): Found {
  for (const totals of [control, treatment])
    if (type === 'share' && totals && totals.n > 0 && !(totals.mean >= 0 && totals.mean <= 1))
      throw new UserError(`"${name}" is planned as a share, and its mean is ${totals.mean}`, {
        where: { column: name },
        expected: '0 or 1 in each row',
        remedy: "plan it with type: 'mean'",
      });
  const known = { control: control?.n ? control.mean : null, treatment: treatment?.n ? treatment.mean : null };
  if (!control || !treatment || control.n < least || treatment.n < least)
    return { name, ...known, difference: null, interval: null };
  const turned = better === 'larger' ? 1 : -1;
  const difference = turned * (treatment.mean - control.mean);
  const variance = varianceOf(control, type) / control.n + varianceOf(treatment, type) / treatment.n;
  const [low] = alwaysInterval(difference, variance, scales[name]!, forLow);
  const [, high] = alwaysInterval(difference, variance, scales[name]!, forHigh);
  return { name, ...known, difference, interval: [low, high] };
}

/** Of one row. A share of 0 has one as well: one success and one failure more are taken (A. Agresti and B. Caffo 2000). */
function varianceOf({ n, mean, spread }: OutcomeTotals, type: Outcome['type']): number {
  if (type === 'mean') return spread / (n - 1);
  const p = (mean * n + 1) / (n + 2);
  return p * (1 - p);
}

/** Differences are turned: below 0 the treatment is worse. */
function guardVerdict({ interval }: Found, margin: number): Guard['verdict'] {
  if (!interval) return 'too early';
  const [low, high] = interval;
  return high < -margin ? 'broken' : low >= -margin ? 'kept' : 'cannot tell';
}

interface View {
  readonly plan: ExperimentPlan;
  readonly metric: Found;
  readonly guards: readonly Guard[];
  readonly mismatch: ExperimentVerdict['mismatch'];
  /** Whether all planned rows are seen. */
  readonly full: boolean;
  readonly known: readonly [control: number, treatment: number];
}

function said({ plan, metric, guards, mismatch, full, known }: View): Said {
  const { control, treatment, least, most } = plan;
  if (mismatch.broken)
    return {
      verdict: 'not valid',
      ended: true,
      says: `not valid: ${treatment} has ${percent(mismatch.found!)} of the rows where ${percent(mismatch.expected)} were planned, which is no chance: look for what assigns, drops or counts rows twice`,
    };
  const broken = guards.filter(({ verdict }) => verdict === 'broken');
  if (broken.length > 0)
    return {
      verdict: 'stopped',
      ended: true,
      says: `stopped: ${broken.map((one) => `guard metric "${one.name}" of ${treatment} got worse by ${by(one, -1)}, and ${sayNumber(one.margin)} is allowed`).join('; ')}`,
    };
  if (!metric.interval)
    return early(`${known[0]} rows of ${control} and ${known[1]} of ${treatment} have "${metric.name}", and below ${least} of each nothing is said`); // prettier-ignore
  const [low, high] = metric.interval;
  if (high < 0)
    return { verdict: 'worse', ended: true, says: `${treatment} is worse than ${control} by ${by(metric, -1)}` };
  const open = guards.filter(({ verdict }) => verdict !== 'kept').map(({ name }) => `"${name}"`);
  const unsure = `whether ${open.join(', ')} got worse by more than is allowed is not known`;
  const all = `all planned rows are seen`;
  if (low > 0) {
    const better = `${treatment} is better than ${control} by ${by(metric, 1)}`;
    if (open.length === 0) {
      const kept = guards.length === 0 ? '' : '; all guard metrics are kept';
      return { verdict: 'better', ended: true, says: `${better}${kept}` };
    }
    return full
      ? { verdict: 'cannot tell', ended: true, says: `cannot tell: ${better}, but ${unsure}, and ${all}` }
      : early(`${better}, but ${unsure}`);
  }
  const { effect } = plan.metric;
  if (low > -effect && high < effect)
    return {
      verdict: 'alike',
      ended: true,
      says: `alike: the difference is between ${sayRange([low, high])}, smaller than ${sayNumber(effect)}, which would matter`,
    };
  if (full)
    return {
      verdict: 'cannot tell',
      ended: true,
      says: `cannot tell: ${all}, and the difference is between ${sayRange([low, high])}`,
    };
  return early(`the difference is between ${sayRange([low, high])} after ${known[0]} rows of ${control} and ${known[1]} of ${treatment}; ${most.control} and ${most.treatment} are planned`); // prettier-ignore
}

const early = (why: string): Said => ({ verdict: 'too early', ended: false, says: `too early: ${why}` });

/** A difference turned by `sign`, with its interval. */
function by({ difference, interval }: Found, sign: 1 | -1): string {
  const [low, high] = interval!;
  const turned: Interval = sign === 1 ? [low, high] : [-high, -low];
  return `${sayNumber(sign * difference!)} (${sayRange(turned)})`;
}

const sayRange = ([low, high]: Interval): string => `${sayNumber(low)} to ${sayNumber(high)}`;
const sayNumber = (value: number): string => String(Number(value.toPrecision(3)));
const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
