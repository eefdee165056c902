import { html, htmlPage, htmlTable, htmlWarnings } from '@trainyard/pages';
import type { JoinFigures } from './contract.js';

/** What a join did, as a page for people. */
export function joinPage(figures: JoinFigures, on: Readonly<Record<string, string>>): string {
  const { rows, matched, unmatched, examples, other, columns, warnings } = figures;
  return htmlPage(
    'Join',
    html`<p class="soft">
        By
        ${Object.entries(on)
          .map(([own, name]) => (own === name ? own : `${own} = ${name}`))
          .join(', ')}:
        each row has one partner, or none.
      </p>
      ${htmlWarnings(warnings)}
      <h2>Rows</h2>
      ${htmlTable(
        ['', 'rows'],
        [
          ['all', rows],
          ['with a partner', matched],
          ['without one: the new cells are missing', unmatched],
          ['of the other table', other.rows],
          ['of these, without a partner', other.unused],
        ],
      )}
      ${
        examples.length > 0 &&
        html`<h2>Keys without a partner, the commonest first</h2>
          ${htmlTable(
            [...Object.keys(on), 'rows'],
            examples.map((one) => [...one.key, one.rows]),
          )}`
      }
      <h2>New columns</h2>
      <p>${columns.join(', ')}</p>`,
  );
}
