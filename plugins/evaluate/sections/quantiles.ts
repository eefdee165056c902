import { pinballLoss, quantileColumn, type QuantilesSample } from '@trainyard/metrics';
import { html, htmlTable } from '@trainyard/pages';
import { lineChart } from '@trainyard/pages/charts';
import type { TaskSections } from './section.js';

/** For each quantile its pinball loss, and the share of truths that lie at or below it. */
function byQuantile(sample: QuantilesSample): { quantile: number; pinball: number; below: number }[] {
  return sample.quantiles.map((q, k) => {
    const predicted = quantileColumn(sample, k);
    const below = sample.truth.reduce((count, value, row) => count + Number(value <= predicted[row]!), 0);
    return { quantile: q, pinball: pinballLoss(sample.truth, predicted, q), below: below / sample.units };
  });
}

/** The quantiles one by one: what they promise, and what came. */
export const quantiles: TaskSections<QuantilesSample> = {
  details: (sample) => ({ quantiles: byQuantile(sample) }),
  page: (sample) => {
    const each = byQuantile(sample);
    return html`<h2>Quantiles</h2>
      ${htmlTable(
        ['quantile', 'pinball loss', 'share of truths at or below'],
        each.map(({ quantile, pinball, below }) => [quantile, pinball, below]),
      )}
      ${lineChart({
        title: 'Share at or below each quantile',
        x: 'quantile',
        y: 'share of truths at or below',
        xRange: [0, 1],
        yRange: [0, 1],
        dots: true,
        lines: [
          { name: 'this model', points: each.map(({ quantile, below }) => [quantile, below] as const) },
          {
            name: 'perfect',
            points: [
              [0, 0],
              [1, 1],
            ],
            dashed: true,
          },
        ],
      })}`;
  },
};
