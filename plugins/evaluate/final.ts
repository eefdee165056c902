import type { z } from 'zod';
import { randomFrom } from '@trainyard/numeric';
import { asClassifier, openModel, type Classifier } from '../../models/index.js';
import { implement } from '../../worker/index.js';
import { answersOf, type Answers } from './answers.js';
import { figureOn, type ComparedFigure } from './compared.js';
import { final, type finalFigures } from './contract.js';
import type { CurvesOfClass } from './curve-charts.js';
import { finalPage } from './final-page.js';
import {
  bootstrap,
  calibration,
  confusionMatrix,
  curvesOf,
  figuresOf,
  perClass,
  wilson,
  type Interval,
} from '@trainyard/metrics';
import { sayOpenings } from './openings.js';
import { slicesOf, type Slice } from './slices.js';

/** Slices in the value, and rows that one must have to stand there: the report has all. */
const [WORST, ENOUGH] = [5, 5];

export const finalNode = implement(final, async ({ params, inputs, ctx }) => {
  const opened = await openModel(inputs.model);
  try {
    const model = asClassifier(opened, final.spec.name);
    const answers = await answersOf({
      models: [model],
      table: inputs.test,
      port: 'test',
      columns: params.slices,
      scratch: ctx.scratch,
      signal: ctx.signal,
    });
    const slices = slicesOf(answers);
    const openings = await ctx.openedBefore('test');
    const value = { ...valueOf(answers, slices, ctx.seed, params.resamples), openedBefore: openings.length };
    const details = detailsOf(answers);
    return {
      value,
      files: {
        'report.html': finalPage({
          card: model.card,
          label: model.label,
          openings: sayOpenings(openings),
          classes: answers.classes,
          value,
          slices,
          curves: curvesByClass(answers),
          ...details,
        }),
        'report.json': `${JSON.stringify({ ...value, classes: answers.classes, ...details, slices, model: aboutModel(model) })}\n`,
      },
    };
  } finally {
    await opened.dispose();
  }
});

function valueOf(
  answers: Answers,
  slices: readonly Slice[],
  seed: number,
  resamples: number,
): Omit<z.output<typeof finalFigures>, 'openedBefore'> {
  const { truth, rows } = answers;
  const { probabilities, predicted } = answers.models[0]!;
  const right = truth.reduce((sum, label, row) => sum + (label === predicted[row] ? 1 : 0), 0);
  const limits = (figure: ComparedFigure, stream: number): [number, number] => {
    const of = (drawn: Int32Array): number => figureOn(figure, truth, answers.models[0]!, drawn);
    return pairOf(bootstrap(rows, of, randomFrom(seed, stream), resamples)!);
  };
  return {
    ...figuresOf(truth, probabilities, predicted),
    intervals: {
      accuracy: pairOf(wilson(right, rows)),
      f1Macro: limits('f1Macro', 1),
      logLoss: limits('logLoss', 2),
    },
    slices: slices
      .filter(({ n }) => n >= ENOUGH)
      .slice(0, WORST)
      .map(({ column, value, n, accuracy }) => ({ column, value: value.slice(0, 80), n, accuracy })),
  };
}

/** What the page draws; as figures they would be longer than all else. */
function curvesByClass({ truth, models, classes }: Answers): CurvesOfClass[] {
  const { probabilities } = models[0]!;
  return classes.map((name, k) => ({ name, curves: curvesOf(truth, probabilities, k) }));
}

/** What only the report has. */
function detailsOf({ truth, models, classes }: Answers) {
  const { probabilities, predicted } = models[0]!;
  const confusion = confusionMatrix(truth, predicted, classes.length);
  return { confusion, perClass: perClass(confusion), calibration: calibration(truth, probabilities) };
}

function aboutModel({ card, label, classes }: Classifier) {
  const { kind, inputs, training, metrics, libraries } = card;
  return { kind, label, classes, inputs, training, metrics, libraries };
}

const pairOf = (interval: Interval): [number, number] => [interval[0], interval[1]];
