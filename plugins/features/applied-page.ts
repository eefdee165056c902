import { html, htmlPage, htmlTable, htmlWarnings } from '@trainyard/pages';
import type { AppliedFigures } from './contract.js';

/** What was made of a table, as a page for people. */
export function appliedPage({ rows, features, inputs, renamed, warnings }: AppliedFigures): string {
  return htmlPage(
    'Features',
    html`<p class="soft">${rows} rows, ${features} features each.</p>
      ${htmlWarnings(warnings)}
      <h2>What they were made of</h2>
      ${htmlTable(
        ['column', 'rows without a value', 'with one that training did not keep'],
        inputs.map(({ column, missing, unknown }) => [column, missing, unknown ?? '']),
      )}
      ${
        renamed.length > 0 &&
        html`<h2>Features under another name</h2>
          ${htmlTable(
            ['feature', 'column'],
            renamed.map(({ feature, column }) => [feature, column]),
          )}`
      }`,
  );
}
