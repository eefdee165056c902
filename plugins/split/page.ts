import { html, htmlPage, htmlTable } from '@trainyard/pages';
import type { SplitFigures } from './contract.js';

/** A split as a page for people. */
export function splitPage(figures: SplitFigures): string {
  const { rows, classes, duplicates, warnings } = figures;
  const total = rows.train + rows.validation + rows.test;
  const share = (count: number): string => `${((100 * count) / total).toFixed(1)}%`;
  return htmlPage(
    'Split',
    html`<p class="soft">
        ${total} rows, dealt by their identity. The test part is sealed: nodes that say so open it (evaluate.final),
        each time on the record.
      </p>
      ${
        warnings.length > 0
          ? html`<h2>Warnings</h2>
              <ul>
                ${warnings.map((warning) => html`<li>${warning}</li>`)}
              </ul>`
          : ''
      }
      <h2>Parts</h2>
      ${htmlTable(
        ['part', 'rows', 'share'],
        [
          ['training', rows.train, share(rows.train)],
          ['validation', rows.validation, share(rows.validation)],
          ['test', rows.test, share(rows.test)],
        ],
      )}
      ${
        classes.length > 0
          ? html`<h2>Classes</h2>
              ${htmlTable(
                ['class', 'training', 'validation', 'test'],
                classes.map((one) => [one.name, one.train, one.validation, one.test]),
              )}`
          : ''
      }
      <h2>Rows that stand in two parts</h2>
      ${htmlTable(
        ['equal in every column', 'rows'],
        [
          ['test, also in training', duplicates.testInTrain],
          ['test, also in validation', duplicates.testInValidation],
          ['validation, also in training', duplicates.validationInTrain],
        ],
      )}`,
  );
}
