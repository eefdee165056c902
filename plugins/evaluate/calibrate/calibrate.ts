import { UserError } from '@trainyard/errors';
import {
  brierScore,
  calibrate as mend,
  calibration,
  expectedCalibrationError,
  fitCalibrator,
  logLoss,
  type Calibrator,
  type ClassificationSample,
  type Probabilities,
} from '@trainyard/metrics';
import type { z } from 'zod';
import type { Json } from '../../../core/index.js';
import { openModel, type Classification, type Predictor } from '../../../models/index.js';
import { implement, type InputArtifact, type NodeContext } from '../../../worker/index.js';
import { answersOf } from '../answers.js';
import { calibrated } from './calibrated-kind.js';
import { calibrate, type calibrationFigures } from './contract.js';
import { calibrationPage } from './page.js';
import { rewrite } from './rewrite.js';

/** Rows below which steps follow chance, and of which a method has too few in any case. */
const [FEW_STEPS, FEW] = [1000, 50];
/** Rows of a class below which its probabilities follow chance. */
const FEW_OF_CLASS = 20;
/** A temperature beyond these has no least loss: the rows are told apart without a mistake, or not at all. */
const [COLDEST, HOTTEST] = [0.02, 50];

export const calibrateNode = implement(calibrate, async ({ params: { method }, inputs, ctx }) => {
  const model = await openModel(inputs.model);
  try {
    const { truth, p, task, rows } = await classified(model, inputs.table, ctx);
    const calibrator = fitCalibrator(method, truth, p);
    const values = Float64Array.from(p.values);
    mend(calibrator, values, p.classes);
    const after = { values, classes: p.classes };
    const figures: z.output<typeof calibrationFigures> = {
      method,
      n: rows,
      temperature: calibrator.method === 'temperature' ? calibrator.temperature : null,
      before: figuresOf(truth, p),
      after: figuresOf(truth, after),
      warnings: [
        ...(rows < FEW ? [`${rows} rows are few to learn a calibration from: ${FEW} or more say something`] : []),
        ...(method === 'isotonic' && rows < FEW_STEPS
          ? [
              `isotonic steps follow chance on fewer than ${FEW_STEPS} rows, and these are ${rows}: platt or temperature`,
            ]
          : []),
        ...warningsOf(calibrator, truth, task.classes),
      ],
    };
    const settings = { kind: model.card.kind, settings: model.card.settings, calibrator };
    return {
      model: await rewrite(inputs.model, model, {
        kind: calibrated,
        settings: settings as unknown as Json,
        task: withThreshold(task, calibrator),
        metrics: {},
        training: { calibration: { method, rows } },
      }),
      report: {
        value: figures,
        files: {
          'report.html': calibrationPage(figures, calibration(truth, p), calibration(truth, after)),
          'report.json': `${JSON.stringify({ ...figures, calibrator })}\n`,
        },
      },
    };
  } finally {
    await model.dispose();
  }
});

/**
 * The task with the threshold where calibration moved it, so that the classes answered stay. Throws a UserError where no threshold
 * answers the same: steps are flat in places, and a curve that falls reverses the order.
 */
function withThreshold(task: Classification, calibrator: Calibrator): Classification {
  const { threshold } = task;
  if (threshold === undefined) return task;
  const refuse = (why: string, remedy: string): never => {
    throw new UserError(`the model's threshold ${threshold} cannot be carried through this calibration: ${why}`, {
      where: { port: 'model', field: 'threshold' },
      remedy,
    });
  };
  const choose = 'calibrate the model before evaluate.threshold chooses its threshold';
  if (task.classes.length !== 2) refuse('it is not between two classes', choose);
  if (calibrator.method === 'isotonic') refuse('steps give one probability to rows on both sides of it', choose);
  if (isReversed(calibrator))
    refuse('the calibration reverses the order of the rows', 'look at the labels of the table');
  const moved = Float64Array.of(1 - threshold, threshold);
  mend(calibrator, moved, 2);
  return { ...task, threshold: moved[1]! };
}

function isReversed(calibrator: Calibrator): boolean {
  return calibrator.method === 'platt' && calibrator.curves.some(({ slope }) => slope <= 0);
}

function warningsOf(calibrator: Calibrator, truth: Int32Array, classes: readonly string[]): string[] {
  const rare = classes.flatMap((name, k) => {
    const rows = truth.reduce((sum, one) => sum + (one === k ? 1 : 0), 0);
    return rows < FEW_OF_CLASS ? [`"${name}" with ${rows}`] : [];
  });
  const atEdge =
    calibrator.method === 'temperature' && (calibrator.temperature < COLDEST || calibrator.temperature > HOTTEST);
  return [
    ...(rare.length > 0
      ? [
          `classes with fewer than ${FEW_OF_CLASS} rows, whose probabilities follow chance: ${rare.slice(0, 10).join(', ')}`,
        ]
      : []),
    ...(atEdge
      ? [
          'the temperature lies at the edge of what is searched: these rows are told apart without a mistake, or not at all',
        ]
      : []),
    ...(isReversed(calibrator)
      ? ['a slope is 0 or less, so the calibration reverses the order: the model tells the classes apart the wrong way']
      : []),
  ];
}

function figuresOf(truth: Int32Array, p: Probabilities) {
  return {
    logLoss: logLoss(truth, p),
    brier: brierScore(truth, p),
    calibrationError: expectedCalibrationError(calibration(truth, p)),
  };
}

/** What a classifier answers to labelled rows of its own classes. Throws a UserError for other models, and for other classes. */
export async function classified(
  model: Predictor,
  table: InputArtifact,
  ctx: NodeContext,
  columns: readonly string[] = [],
) {
  const { task } = model.card;
  if (task.type !== 'classification')
    throw new UserError(`a model for ${task.type} answers no probabilities of classes`, {
      where: { port: 'model' },
      expected: 'a model for classification',
    });
  const { scratch, signal } = ctx;
  const answers = await answersOf({ models: [model], table, port: 'table', columns, scratch, signal });
  const sample = answers.samples[0] as ClassificationSample;
  const strange = sample.classes.filter((name) => !task.classes.includes(name));
  if (strange.length > 0)
    throw new UserError(
      `the table has rows of a class that the model does not know: ${strange.slice(0, 3).join(', ')}`,
      {
        where: { port: 'table', column: task.label },
        expected: task.classes.slice(0, 20).join(', '),
        remedy: 'leave them out, or train a model that knows them',
      },
    );
  // The sample has its classes in order; the model's own order is that of its probabilities.
  const to = sample.classes.map((name) => task.classes.indexOf(name));
  const classes = task.classes.length;
  const values = new Float64Array(answers.rows * classes);
  const from = sample.probabilities!;
  for (let row = 0; row < answers.rows; row++)
    to.forEach((k, s) => (values[row * classes + k] = from.values[row * from.classes + s]!));
  return {
    task,
    rows: answers.rows,
    truth: sample.truth.map((s) => to[s]!),
    p: { values, classes },
    columns: answers.columns,
  };
}
