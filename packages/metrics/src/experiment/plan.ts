import { UserError } from '@trainyard/errors';
import { normalQuantile } from '../tails.js';
import type { ExperimentPlan, ExperimentQuestion } from './contract.js';
import { narrowestRatio, reach } from './sequence.js';

/** Standard deviations of a difference times the square root of the treatment's rows: where there is none, and where there is one. */
interface Deviations {
  readonly none: number;
  readonly some: number;
}

/** Of shares; `ratio` is rows of the control by rows of the treatment. */
export function shareDeviations(control: number, treatment: number, ratio: number): Deviations {
  const pooled = (treatment + control * ratio) / (1 + ratio);
  return {
    none: Math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio)),
    some: Math.sqrt(treatment * (1 - treatment) + (control * (1 - control)) / ratio),
  };
}

/** Of means. */
export function meanDeviations(deviation: number, ratio: number): Deviations {
  const both = deviation * Math.sqrt(1 + 1 / ratio);
  return { none: both, some: both };
}

/**
 * Rows of the treatment that find a difference of `effect` with a chance of `power`, where a difference is found beyond `z` standard
 * errors (J. L. Fleiss, Statistical Methods for Rates and Proportions, without correction for continuity). Not a whole number.
 */
export function rowsFor(effect: number, { none, some }: Deviations, z: number, power: number): number {
  return ((z * none + normalQuantile(1 - power) * some) / effect) ** 2;
}

type Outcome = ExperimentQuestion['metric'] | ExperimentQuestion['guards'][number];

/** Rows of each arm whose means go by the normal distribution nearly, however rare a share is. */
const LEAST = 100;
const LEAST_OF_A_KIND = 10;

/** How many rows an experiment takes. Throws a UserError for outcomes of one name, and for shares beyond 0 and 1. */
export function planExperiment(question: ExperimentQuestion): ExperimentPlan {
  const { metric, guards, alpha, power, share } = question;
  const outcomes: Outcome[] = [metric, ...guards];
  const twice = outcomes.find(({ name }, i) => outcomes.some((other, j) => j < i && other.name === name));
  if (twice) throw refused('guards', `the outcome "${twice.name}" is named twice`, 'a name for each outcome');
  if (question.control === question.treatment)
    throw refused('treatment', 'control and treatment have the same name', 'a name for each arm');
  const ratio = (1 - share) / share;
  const how = outcomes.map((outcome) => {
    const isGuard = 'margin' in outcome;
    const deviations = deviationsOf(outcome, ratio);
    // That a guard is kept is said at alpha, like the difference itself; the larger of both directions is planned for.
    const once = normalQuantile(isGuard ? alpha : alpha / 2);
    const always = reach(alpha, narrowestRatio(alpha));
    const size = isGuard ? outcome.margin : outcome.effect;
    return {
      name: outcome.name,
      deviations,
      fixed: Math.ceil(rowsFor(size, deviations, once, power)),
      most: Math.ceil(rowsFor(size, deviations, always, power)),
    };
  });
  const longest = how.reduce((best, one) => (one.most > best.most ? one : best));
  const least = Math.max(LEAST, ...outcomes.map(leastOf));
  const arms = (treatment: number) => ({ control: Math.ceil(treatment * ratio), treatment });
  const most = Math.max(longest.most, least, Math.ceil(least / ratio));
  return {
    ...question,
    format: 'trainyard.experiment-plan/1',
    fixed: arms(Math.max(...how.map((one) => one.fixed))),
    most: arms(most),
    longest: longest.name,
    least,
    scales: Object.fromEntries(
      how.map(({ name, deviations }) => [name, deviations.some * Math.sqrt(narrowestRatio(alpha) / most)]),
    ),
  };
}

function deviationsOf(outcome: Outcome, ratio: number): Deviations {
  if (outcome.type === 'mean') return meanDeviations(outcome.deviation, ratio);
  if ('margin' in outcome) return shareDeviations(outcome.base, outcome.base, ratio);
  const moved = outcome.base + (outcome.better === 'larger' ? outcome.effect : -outcome.effect);
  if (moved <= 0 || moved >= 1)
    throw refused('metric', `a share of ${outcome.base} that gets better by ${outcome.effect} would be ${moved}`, 'a share between 0 and 1'); // prettier-ignore
  return shareDeviations(outcome.base, moved, ratio);
}

function leastOf(outcome: Outcome): number {
  return outcome.type === 'mean' ? 0 : Math.ceil(LEAST_OF_A_KIND / Math.min(outcome.base, 1 - outcome.base));
}

const refused = (field: string, what: string, expected: string): UserError =>
  new UserError(what, { where: { field }, expected });
