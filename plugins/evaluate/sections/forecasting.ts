import { meanAbsoluteError, smape, type ForecastingSample } from '@trainyard/metrics';
import { html, htmlTable } from '@trainyard/pages';
import { lineChart } from '@trainyard/pages/charts';
import type { TaskSections } from './section.js';

/** Steps that the table shows; the chart has all. */
const SHOWN = 30;

/** Errors of each step ahead, from 1. */
function bySteps({ truth, predicted, horizon, units }: ForecastingSample) {
  const column = (values: Float64Array, step: number): Float64Array =>
    Float64Array.from({ length: units }, (_, row) => values[row * horizon + step]!);
  return Array.from({ length: horizon }, (_, step) => {
    const [was, said] = [column(truth, step), column(predicted, step)];
    return { step: step + 1, mae: meanAbsoluteError(was, said), smape: smape(was, said) };
  });
}

/** How the error grows with the steps ahead. */
export const forecasting: TaskSections<ForecastingSample> = {
  details: (sample) => ({ steps: bySteps(sample) }),
  page: (sample) => {
    const steps = bySteps(sample);
    return html`<h2>Error by step</h2>
      ${lineChart({
        title: 'Mean absolute error by step',
        x: 'steps ahead',
        y: 'mean absolute error',
        dots: true,
        lines: [{ name: 'this model', points: steps.map(({ step, mae }) => [step, mae] as const) }],
      })}
      ${htmlTable(
        ['step', 'mean absolute error', 'symmetric percentage error'],
        steps.slice(0, SHOWN).map(({ step, mae, smape: share }) => [step, mae, share]),
      )}
      ${steps.length > SHOWN && html`<p class="soft">The first ${SHOWN} of ${steps.length} steps.</p>`}`;
  },
};
