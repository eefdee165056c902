import {
  accuracy,
  averages,
  balancedAccuracy,
  expectedCost,
  fBetaAverages,
  kappa,
  matthews,
} from '../classification.js';
import { confusionMatrix, type Confusion } from '../confusion.js';
import { drawRows } from '../draw.js';
import {
  brierScore,
  calibration,
  expectedCalibrationError,
  logLoss,
  topAccuracy,
  type Probabilities,
} from '../probability.js';
import { rankedAveragePrecision, rankedLift, rankedRocAuc, rankRows, type RankedRows } from '../ranked.js';
import type { ClassificationSample } from './class-sample.js';
import type { Figure } from './task-figures.js';

type Of = Figure<ClassificationSample>['of'];

const byConfusion =
  (of: (confusion: Confusion) => number | undefined): Of =>
  ({ truth, predicted, classes }, drawn) =>
    of(confusionMatrix(drawRows(truth, drawn), drawRows(predicted, drawn), classes.length));

const byProbability =
  (of: (truth: Int32Array, p: Probabilities) => number | undefined): Of =>
  ({ truth, probabilities }, drawn) => {
    if (!probabilities) return undefined;
    const values = drawRows(probabilities.values, drawn, probabilities.classes);
    return of(drawRows(truth, drawn), { values, classes: probabilities.classes });
  };

/** The orders of a sample's rows, by class: they are the same however its rows are drawn. */
const orders = new WeakMap<ClassificationSample, (RankedRows | undefined)[]>();

function orderOf(sample: ClassificationSample, p: Probabilities, k: number): RankedRows {
  const kept = orders.get(sample) ?? [];
  orders.set(sample, kept);
  return (kept[k] ??= rankRows(p, k));
}

/** Of the second class for two classes, else the mean over the classes, each against the rest; undefined where one is not defined. */
const byRank =
  (of: (ranked: RankedRows, truth: Int32Array, positive: number, times: Int32Array) => number | undefined): Of =>
  (sample, drawn) => {
    const { truth, probabilities, units } = sample;
    if (!probabilities) return undefined;
    const times = new Int32Array(units);
    for (const unit of drawn) times[unit]!++;
    const { classes } = probabilities;
    const one = (k: number): number | undefined => of(orderOf(sample, probabilities, k), truth, k, times);
    if (classes === 2) return one(1);
    let total = 0;
    for (let k = 0; k < classes; k++) {
      const value = one(k);
      if (value === undefined) return undefined;
      total += value;
    }
    return total / classes;
  };

const WAYS = ['micro', 'macro', 'weighted'] as const;

const averaged = (of: 'f1' | 'precision' | 'recall', way: (typeof WAYS)[number]): Figure<ClassificationSample> => ({
  name: `${of}.${way}`,
  title: `${of === 'f1' ? 'F1' : of}, ${way}`,
  better: 'larger',
  interval: 'shared',
  of: byConfusion((confusion) => averages(confusion, of)[way]),
});

/** F-beta beside F1: recall counts twice as much as precision, or half as much. */
const betas = (name: string, beta: number): Figure<ClassificationSample>[] =>
  WAYS.map((way) => ({
    name: `${name}.${way}`,
    title: `F${beta}, ${way}`,
    better: 'larger',
    interval: 'shared',
    of: byConfusion((confusion) => fBetaAverages(confusion, beta)[way]),
  }));

const top = (k: number): Figure<ClassificationSample> => ({
  name: `top${k}`,
  title: `share of rows whose class is among the ${k} most probable`,
  better: 'larger',
  interval: 'shared',
  of: byProbability((truth, p) => topAccuracy(truth, p, k)),
});

/** Share of the rows among which lift is looked at. */
const LIFTED = 0.1;

/** What describes a classifier. Those with an interval of their own draw in this order: further ones share their draws. */
export const classFigures: readonly Figure<ClassificationSample>[] = [
  { name: 'accuracy', title: 'accuracy', better: 'larger', interval: 'share', of: byConfusion(accuracy) },
  {
    name: 'balancedAccuracy',
    title: 'balanced accuracy',
    better: 'larger',
    interval: 'shared',
    of: byConfusion(balancedAccuracy),
  },
  averaged('f1', 'micro'),
  { ...averaged('f1', 'macro'), interval: 'bootstrap' },
  averaged('f1', 'weighted'),
  averaged('precision', 'micro'),
  averaged('precision', 'macro'),
  averaged('precision', 'weighted'),
  averaged('recall', 'micro'),
  averaged('recall', 'macro'),
  averaged('recall', 'weighted'),
  {
    name: 'logLoss',
    title: 'log loss, nats a row',
    better: 'smaller',
    interval: 'bootstrap',
    of: byProbability(logLoss),
  },
  { name: 'brier', title: 'Brier score', better: 'smaller', interval: 'shared', of: byProbability(brierScore) },
  {
    name: 'rocAuc',
    title: 'ROC AUC, one against the rest',
    better: 'larger',
    interval: 'shared',
    of: byRank(rankedRocAuc),
  },
  {
    name: 'matthews',
    title: 'Matthews correlation',
    better: 'larger',
    interval: 'shared',
    of: byConfusion(matthews),
  },
  { name: 'kappa', title: "Cohen's kappa", better: 'larger', interval: 'shared', of: byConfusion(kappa) },
  {
    name: 'calibrationError',
    title: 'calibration error',
    better: 'smaller',
    interval: 'shared',
    of: byProbability((truth, p) => expectedCalibrationError(calibration(truth, p))),
  },
  ...betas('f2', 2),
  ...betas('fHalf', 0.5),
  {
    name: 'prAuc',
    title: 'PR AUC (average precision), one against the rest',
    better: 'larger',
    interval: 'shared',
    of: byRank(rankedAveragePrecision),
  },
  top(2),
  top(3),
  top(5),
  {
    name: 'lift@10',
    title: 'lift of the most probable 10 % of the rows, one against the rest',
    better: 'larger',
    interval: 'shared',
    of: byRank((ranked, truth, positive, times) => rankedLift(ranked, truth, positive, times, LIFTED)),
  },
  {
    name: 'expectedCost',
    title: 'expected cost of a row',
    better: 'smaller',
    interval: 'shared',
    of: (sample, drawn) =>
      sample.costs && byConfusion((confusion) => expectedCost(confusion, sample.costs!))(sample, drawn),
  },
];
