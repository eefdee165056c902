import { quantile, type RegressionSample } from '@trainyard/metrics';
import { html, htmlTable } from '@trainyard/pages';
import { lineChart } from '@trainyard/pages/charts';
import { drawnRows, type TaskSections } from './section.js';

const QUANTILES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] as const;

/** Predicted − true at some quantiles. */
function residualQuantiles({ truth, predicted }: RegressionSample): { quantile: number; residual: number }[] {
  const residuals = Array.from(truth, (value, row) => predicted[row]! - value).sort((a, b) => a - b);
  return QUANTILES.map((q) => ({ quantile: q, residual: quantile(residuals, q) }));
}

/** Predicted against true, and what is left over. */
export const regression: TaskSections<RegressionSample> = {
  details: (sample) => ({ residuals: residualQuantiles(sample) }),
  page: (sample) => {
    const { truth, predicted, units } = sample;
    const rows = drawnRows(units);
    const byTruth = rows.map((row) => [truth[row]!, predicted[row]!] as const).sort(([a], [b]) => a - b);
    const byAnswer = rows
      .map((row) => [predicted[row]!, predicted[row]! - truth[row]!] as const)
      .sort(([a], [b]) => a - b);
    const ends = (points: readonly (readonly [number, number])[]): [number, number] => [
      points[0]![0],
      points.at(-1)![0],
    ];
    const [low, high] = ends(byTruth);
    const [from, to] = ends(byAnswer);
    return html`<h2>Predicted against true</h2>
      <p>
        Each row is a dot${units > rows.length && `, ${rows.length} of ${units}`}; on the dashed line the model is
        right.
      </p>
      ${lineChart({
        title: 'Predicted against true',
        x: 'true',
        y: 'predicted',
        lines: [
          { name: 'rows', points: byTruth, scattered: true },
          {
            name: 'right',
            points: [
              [low, low],
              [high, high],
            ],
            dashed: true,
          },
        ],
      })}
      <h2>Residuals</h2>
      <p>Predicted − true. Without a pattern, nothing in the prediction itself says how far off it is.</p>
      ${lineChart({
        title: 'Residuals by prediction',
        x: 'predicted',
        y: 'predicted − true',
        lines: [
          { name: 'rows', points: byAnswer, scattered: true },
          {
            name: 'right',
            points: [
              [from, 0],
              [to, 0],
            ],
            dashed: true,
          },
        ],
      })}
      ${htmlTable(
        ['share of rows below', 'residual'],
        residualQuantiles(sample).map(({ quantile: q, residual }) => [`${Math.round(q * 100)} %`, residual]),
      )}`;
  },
};
