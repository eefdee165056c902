import type { z } from 'zod';
import type { ModelCard } from '../../models/index.js';
import type { finalFigures } from './contract.js';
import { wilson, type CalibrationBin, type ClassFigures, type Confusion, type Interval } from '@trainyard/metrics';
import { confusionTable } from './confusion-table.js';
import { curveCharts, type CurvesOfClass } from './curve-charts.js';
import { html, htmlPage, htmlTable, lineChart, sayFigure } from '@trainyard/pages';
import type { Slice } from './slices.js';

export interface FinalPage {
  readonly card: ModelCard;
  readonly label: string;
  /** How often the test set was opened, in words. */
  readonly openings: string;
  readonly classes: readonly string[];
  readonly value: z.output<typeof finalFigures>;
  readonly confusion: Confusion;
  readonly perClass: readonly ClassFigures[];
  readonly calibration: readonly CalibrationBin[];
  readonly curves: readonly CurvesOfClass[];
  readonly slices: readonly Slice[];
}

/** A bootstrap of rows without an error cannot see one: such an interval says nothing. */
const between = ([low, high]: Interval): string => (low === high ? '–' : `${sayFigure(low)} to ${sayFigure(high)}`);

/** The report of a final evaluation, for people. */
export function finalPage(page: FinalPage): string {
  const { card, label, classes, value, slices } = page;
  const { intervals } = value;
  const recallOf = ({ recall, support }: ClassFigures): Interval => wilson(Math.round(recall * support), support);
  const body = html`<p class="soft">
      A ${card.kind} that predicts ${label}, measured on ${value.n} sealed test rows. ${page.openings}
    </p>
    <h2>Figures</h2>
    ${htmlTable(
      ['figure', 'value', '95 % interval'],
      [
        ['accuracy', value.accuracy, between(intervals.accuracy)],
        ['balanced accuracy', value.balancedAccuracy, ''],
        ['F1, macro', value.f1.macro, between(intervals.f1Macro)],
        ['F1, weighted', value.f1.weighted, ''],
        ['log loss, nats a row', value.logLoss, between(intervals.logLoss)],
        ['Brier score', value.brier, ''],
        ['ROC AUC, one against the rest', value.rocAuc, ''],
        ['Matthews correlation', value.matthews, ''],
        ["Cohen's kappa", value.kappa, ''],
        ['calibration error', value.calibrationError, ''],
      ],
    )}
    <p class="soft">Intervals: Wilson for the accuracy, seeded bootstrap of the rows for the others.</p>
    <h2>Confusion</h2>
    ${confusionTable(page.confusion, classes)}
    <h2>Classes</h2>
    ${htmlTable(
      ['class', 'rows', 'precision', 'recall', 'recall, 95 % interval', 'F1'],
      page.perClass.map((c, k) => [classes[k]!, c.support, c.precision, c.recall, between(recallOf(c)), c.f1]),
    )}
    <h2>Calibration</h2>
    <p>Of the rows that were answered with a probability, the share that was right. On the dashed line both agree.</p>
    ${lineChart({
      title: 'Calibration',
      x: 'probability given to the answer',
      y: 'share right',
      xRange: [0, 1],
      yRange: [0, 1],
      dots: true,
      lines: [
        { name: 'this model', points: page.calibration.map((bin) => [bin.predicted, bin.observed] as const) },
        {
          name: 'perfect',
          points: [
            [0, 0],
            [1, 1],
          ],
          dashed: true,
        },
      ],
    })}
    ${curveCharts(page.curves)}
    ${
      slices.length === 0
        ? undefined
        : html`<h2>Slices</h2>
            <p>Lowest accuracy first. Small slices have wide intervals.</p>
            ${htmlTable(
              ['column', 'value', 'rows', 'accuracy', '95 % interval', 'F1, macro'],
              slices.map((s) => [s.column, s.value, s.n, s.accuracy, between(s.interval), s.f1Macro]),
            )}`
    }
    <h2>Model</h2>
    ${htmlTable(
      ['input', 'type', 'values seen in training'],
      card.inputs.map((input) => [input.name, input.type, input.categories?.join(', ') ?? '']),
    )}`;
  return htmlPage('Final evaluation', body);
}
