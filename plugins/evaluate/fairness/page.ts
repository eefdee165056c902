import { html, htmlPage, htmlTable, htmlWarnings, sayFigure } from '@trainyard/pages';
import { bars } from '@trainyard/pages/charts';
import type { z } from 'zod';
import { between } from '../sections/index.js';
import type { fairnessFigures, groupThresholdFigures } from './contract.js';

const SAID = {
  selectionRate: 'selection rate (demographic parity)',
  equalOpportunity: 'equal opportunity',
  equalisedOdds: 'equalised odds',
  predictiveParity: 'predictive parity',
} as const;

/** Fairness of a model, for people. */
export function fairnessPage({
  positive,
  n,
  least,
  cuts,
  verdict,
  warnings,
}: z.output<typeof fairnessFigures>): string {
  return htmlPage(
    'Fairness',
    html`${verdict !== null && html`<p><strong>Limits: ${verdict}.</strong></p>`}
      <p class="soft">
        ${n} rows. Selected is who is answered with ${positive}. A distance is the largest rate of a group less the
        smallest, among groups of ${least} rows or more; its interval comes of draws of the rows, in each of which the
        largest and the smallest are found anew. Of few rows a distance is above 0 by chance alone, so limits are judged
        by the differences of all pairs of groups (Newcombe's intervals, corrected for so many looks).
      </p>
      ${htmlWarnings(warnings)}
      ${cuts.map(
        ({ columns, gaps, ratio, groups }) =>
          html`<h2>By ${columns.join(' and ')}</h2>
            ${htmlTable(
              ['distance', 'value', '95 % interval of draws', 'limit', 'interval of all pairs', 'verdict'],
              gaps.map((one) => [
                SAID[one.name],
                one.value ?? 'not defined',
                between(one.interval ?? undefined),
                one.limit === null ? '–' : sayFigure(one.limit),
                one.judged === undefined ? '–' : between(one.judged ?? undefined),
                one.verdict ?? '–',
              ]),
            )}
            <p class="soft">Smallest selection rate ÷ largest: ${sayFigure(ratio)}.</p>
            ${bars(
              `Selection rates by ${columns.join(' and ')}`,
              groups
                .filter((one) => !one.tooSmall)
                .map((one) => ({
                  name: one.group.join(', '),
                  size: one.selectionRate ?? 0,
                  said: sayFigure(one.selectionRate),
                })),
              1,
            )}
            ${htmlTable(
              [
                ...columns,
                'rows',
                'of the class',
                'selected',
                'selected of the class',
                'selected of the others',
                'precision',
                'calibration error',
                'over-estimate',
                '',
              ],
              groups.map((one) => [
                ...one.group,
                one.n,
                one.baseRate,
                one.selectionRate,
                one.truePositiveRate,
                one.falsePositiveRate,
                one.precision,
                one.calibrationError,
                one.overestimate,
                one.tooSmall ? 'too small' : '',
              ]),
            )}`,
      )}`,
  );
}

/** Thresholds of groups, for people. */
export function groupThresholdsPage(figures: z.output<typeof groupThresholdFigures>): string {
  const { column, alike, target, groups, gap, accuracy, warnings } = figures;
  return htmlPage(
    'Thresholds of groups',
    html`<p>
        By ${column}: ${SAID[alike]} is near ${sayFigure(target)} in all groups. The distance was
        ${sayFigure(gap.before)} and is ${sayFigure(gap.after)}; the share of right answers was
        ${sayFigure(accuracy.before)} and is ${sayFigure(accuracy.after)}, on the rows that the thresholds were chosen
        by.
      </p>
      ${htmlWarnings(warnings)}
      ${htmlTable(
        [column, 'rows', 'threshold', 'rate before', 'rate after'],
        groups.map((one) => [one.group, one.n, one.threshold, one.before, one.after]),
      )}
      <p class="soft">
        Probabilities are moved so that each group's threshold is ½: they order the rows of a group as before, and are
        no more calibrated. Whether people may be treated by their group is a question of law that no figure answers.
      </p>`,
  );
}
