import { html, htmlPage, htmlTable, sayFigure } from '@trainyard/pages';
import type { ExperimentPlan, ExperimentVerdict } from '@trainyard/metrics/contract';
import { between } from '../sections/index.js';

/** An experiment as it stands, for people. */
export function experimentPage(plan: ExperimentPlan, value: ExperimentVerdict): string {
  const { control, treatment } = plan;
  const { rows, most, metric, guards, mismatch } = value;
  const row = (one: ExperimentVerdict['metric'], allowed: string, says: string) => [
    one.name,
    one.control ?? '–',
    one.treatment ?? '–',
    one.difference ?? '–',
    between(one.interval ?? undefined),
    allowed,
    says,
  ];
  return htmlPage(
    'Experiment',
    html`<p><strong>${value.says}.</strong></p>
      <p class="soft">
        Rows: ${rows.control} of ${control} and ${rows.treatment} of ${treatment}; at most ${most.control} and
        ${most.treatment} with an outcome are asked for. ${treatment} has
        ${mismatch.found === null ? 'no rows' : sayFigure(mismatch.found)} of them, and ${sayFigure(mismatch.expected)}
        were planned. A difference is above 0 where ${treatment} is the better arm. Intervals hold at all looks together
        (mixture sequential probability ratio test), so one may look at any time and stop: the chance of calling equals
        different is ${sayFigure(plan.alpha)} at most.
      </p>
      ${htmlTable(
        ['outcome', control, treatment, 'difference', 'interval', 'may get worse by', 'verdict'],
        [row(metric, '–', value.verdict), ...guards.map((one) => row(one, sayFigure(one.margin), one.verdict))],
      )}`,
  );
}
