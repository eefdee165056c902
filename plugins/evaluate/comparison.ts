import type { z } from 'zod';
import { randomFrom } from '@trainyard/numeric';
import type { Answers, ModelAnswers } from './answers.js';
import { allRows, figureOn, type Compared, type ComparedFigure } from './compared.js';
import type { challengeVerdict } from './contract.js';
import { bootstrap, mcnemar } from '@trainyard/metrics';

export type Comparison = z.output<typeof challengeVerdict>['sets'][number];

export interface CompareOptions {
  readonly metric: ComparedFigure;
  readonly alpha: number;
  readonly resamples: number;
  readonly seed: number;
}

/** Compares the first model, the challenger, with the second, the champion, if there is one, row by row. */
export function compare(rows: Comparison['rows'], answers: Answers, options: CompareOptions): Comparison {
  const { truth } = answers;
  const [challenger, champion] = answers.models as [ModelAnswers, ModelAnswers | undefined];
  const base = { rows, n: answers.rows, challenger: figuresOn(truth, challenger) };
  if (!champion) {
    const nothing = { difference: null, interval: null, onlyChallenger: null, onlyChampion: null, p: null };
    return { ...base, champion: null, ...nothing };
  }
  const { metric } = options;
  const turned = metric === 'logLoss' ? -1 : 1;
  const difference = (drawn: Int32Array): number =>
    turned * (figureOn(metric, truth, challenger, drawn) - figureOn(metric, truth, champion, drawn));
  const random = randomFrom(options.seed, rows === 'fresh' ? 1 : 2);
  const [low, high] = bootstrap(answers.rows, difference, random, options.resamples, 1 - options.alpha)!;
  const right = (model: ModelAnswers): boolean[] => Array.from(truth, (label, row) => label === model.predicted[row]);
  const { onlyFirst, onlySecond, p } = mcnemar(right(challenger), right(champion));
  return {
    ...base,
    champion: figuresOn(truth, champion),
    difference: difference(allRows(answers.rows)),
    interval: [low, high],
    onlyChallenger: onlyFirst,
    onlyChampion: onlySecond,
    p,
  };
}

function figuresOn(truth: Int32Array, model: ModelAnswers): Compared {
  const all = allRows(truth.length);
  const figure = (name: ComparedFigure): number => figureOn(name, truth, model, all);
  return { accuracy: figure('accuracy'), f1Macro: figure('f1Macro'), logLoss: figure('logLoss') };
}
