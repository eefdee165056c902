import type { ModelAnswers } from './answers.js';
import { accuracy, averages, confusionMatrix, logLoss } from '@trainyard/metrics';

/** The figures that models are compared by. */
export interface Compared {
  readonly accuracy: number;
  readonly f1Macro: number;
  /** Nats a row; the only one where lower is better. */
  readonly logLoss: number;
}

export type ComparedFigure = keyof Compared;

/** One figure of a model on the rows drawn, which may repeat. */
export function figureOn(
  figure: ComparedFigure,
  truth: Int32Array,
  { probabilities, predicted }: ModelAnswers,
  drawn: Int32Array,
): number {
  const labels = drawn.map((row) => truth[row]!);
  const { classes } = probabilities;
  if (figure === 'logLoss') {
    const values = new Float64Array(drawn.length * classes);
    drawn.forEach((row, i) => {
      for (let k = 0; k < classes; k++) values[i * classes + k] = probabilities.values[row * classes + k]!;
    });
    return logLoss(labels, { values, classes });
  }
  const confusion = confusionMatrix(
    labels,
    drawn.map((row) => predicted[row]!),
    classes,
  );
  return figure === 'accuracy' ? accuracy(confusion) : averages(confusion, 'f1').macro;
}

/** All rows, once. */
export const allRows = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => i);
