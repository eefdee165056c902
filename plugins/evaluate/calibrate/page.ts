import type { CalibrationBin } from '@trainyard/metrics';
import { html, htmlFacts, htmlPage, htmlTable, htmlWarnings, sayFigure } from '@trainyard/pages';
import { lineChart } from '@trainyard/pages/charts';
import type { z } from 'zod';
import type { calibrationFigures, thresholdFigures } from './contract.js';

const points = (bins: readonly CalibrationBin[]) => bins.map((bin) => [bin.predicted, bin.observed] as const);

/** What calibration did, for people. */
export function calibrationPage(
  figures: z.output<typeof calibrationFigures>,
  before: readonly CalibrationBin[],
  after: readonly CalibrationBin[],
): string {
  const { method, n, temperature } = figures;
  const row = (name: string, key: keyof typeof figures.before) =>
    [name, figures.before[key], figures.after[key]] as const;
  return htmlPage(
    'Calibration',
    html`<p class="soft">
        By ${method}${temperature !== null && `, temperature ${sayFigure(temperature)}`}, learnt from these ${n} rows:
        on other rows it is not quite as good. Measure the calibrated model on rows that neither it nor this has seen.
      </p>
      ${htmlWarnings(figures.warnings)}
      <h2>Figures on these rows</h2>
      ${htmlTable(
        ['figure', 'before', 'after'],
        [row('log loss', 'logLoss'), row('Brier score', 'brier'), row('calibration error', 'calibrationError')],
      )}
      <h2>Calibration</h2>
      ${lineChart({
        title: 'Calibration before and after',
        x: 'probability given to the answer',
        y: 'share right',
        xRange: [0, 1],
        yRange: [0, 1],
        dots: true,
        lines: [
          { name: 'before', points: points(before) },
          { name: 'after', points: points(after) },
          {
            name: 'perfect',
            points: [
              [0, 0],
              [1, 1],
            ],
            dashed: true,
          },
        ],
      })}`,
  );
}

/** Which threshold was chosen, for people. */
export function thresholdPage(
  figures: z.output<typeof thresholdFigures>,
  curve: readonly (readonly [number, number])[],
): string {
  const { positive, threshold, interval, cost, costInterval, former, expected, n } = figures;
  return htmlPage(
    'Threshold',
    html`<p>
        <strong>${positive} is answered from a probability of ${sayFigure(threshold)} on.</strong>
      </p>
      ${htmlWarnings(figures.warnings)}
      ${htmlFacts([
        ['rows', n],
        ['threshold, 95 %', `${sayFigure(interval[0])} to ${sayFigure(interval[1])}`],
        ['by the costs alone', sayFigure(expected)],
        ['mean cost of a row', cost],
        ['its interval, 95 %', costInterval ? `${sayFigure(costInterval[0])} to ${sayFigure(costInterval[1])}` : '–'],
        [`mean cost at ${sayFigure(former.threshold)}`, former.cost],
      ])}
      <p class="soft">
        By the costs alone: the threshold that is right for calibrated probabilities (Elkan 2001). Far from it,
        calibrate the model first. The cost is of the rows that the threshold was chosen by: others will cost a little
        more.
      </p>
      <h2>Cost by threshold</h2>
      ${lineChart({
        title: 'Cost by threshold',
        x: 'threshold',
        y: 'mean cost of a row',
        xRange: [0, 1],
        mark: { x: threshold, name: 'chosen' },
        lines: [{ name: 'these rows', points: curve }],
      })}`,
  );
}
