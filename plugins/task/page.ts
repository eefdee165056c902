import { html, htmlFacts, htmlPage, htmlTable, sayFigure } from '@trainyard/pages';
import type { FeasibilityFigures, TaskCard } from './card.js';

/** A task and what its data can bear, as a page for people. */
export function feasibilityPage(card: TaskCard, figures: FeasibilityFigures): string {
  const { feasible, findings, classes, interval } = figures;
  const { name, direction, threshold } = card.metric;
  const limit = direction === 'maximize' ? 'at least' : 'at most';
  return htmlPage(
    `Task: ${card.goal}`,
    html`<p><strong>${feasible ? 'The data can bear it.' : 'The data cannot bear it as it is declared.'}</strong></p>
      ${
        findings.length > 0
          ? html`<ul>
              ${findings.map(({ weight, said }) => html`<li><strong>${weight}:</strong> ${said}</li>`)}
            </ul>`
          : ''
      }
      <h2>Task</h2>
      ${htmlFacts([
        ['kind', card.kind],
        ['target', card.target],
        ['good enough', `${name} ${limit} ${threshold}`],
        ['scope', card.scope || 'not said'],
        ['not for', card.exclusions.join('; ') || 'not said'],
        ['affected', card.affected || 'not said'],
        [
          'budget',
          [
            card.budget.minutes === undefined ? '' : `${card.budget.minutes} minutes`,
            card.budget.trials === undefined ? '' : `${card.budget.trials} trials`,
          ]
            .filter(Boolean)
            .join(', ') || 'not said',
        ],
      ])}
      <h2>Data</h2>
      ${htmlFacts([
        ['rows', figures.rows],
        ['without a target', figures.unlabelled],
        ['rows of the test part', figures.testRows],
        ...(interval
          ? ([
              [
                `${100 * interval.confidence}% interval at ${interval.at}`,
                `${sayFigure(interval.low)} to ${sayFigure(interval.high)}`,
              ],
            ] as const)
          : []),
      ])}
      ${
        classes.length > 0
          ? html`<h2>Classes</h2>
              ${htmlTable(
                ['class', 'rows', 'expected in the test part'],
                classes.map((one) => [one.name, one.rows, one.test]),
              )}`
          : ''
      }`,
  );
}
