import { html, htmlPage, htmlTable, htmlWarnings } from '@trainyard/pages';
import type { SplitFigures } from './contract.js';

/** A split as a page for people. `how`: what rows were dealt by. */
export function splitPage(figures: SplitFigures, how: string): string {
  const { rows, unused, classes, duplicates, near, together, overlaps, times, warnings } = figures;
  const left = unused ? unused.gap + unused.missing + unused.straddling + unused.other : 0;
  const total = rows.train + rows.validation + rows.test + left;
  const share = (count: number): string => `${((100 * count) / total).toFixed(1)}%`;
  return htmlPage(
    'Split',
    html`<p class="soft">
        ${total} rows, ${how}. The test part is sealed: nodes that say so open it (evaluate.final), each time on the
        record.
      </p>
      ${htmlWarnings(warnings)}
      <h2>Parts</h2>
      ${htmlTable(
        ['part', 'rows', 'share'],
        [
          ['training', rows.train, share(rows.train)],
          ['validation', rows.validation, share(rows.validation)],
          ['test', rows.test, share(rows.test)],
          ...(unused
            ? [
                ['none: within a gap', unused.gap, share(unused.gap)],
                ['none: without a time', unused.missing, share(unused.missing)],
                ['none: of a group or set that an earlier part has', unused.straddling, share(unused.straddling)],
                ['none: another value', unused.other, share(unused.other)],
              ].filter(([, count]) => count !== 0)
            : []),
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
        ['', 'equal in every column', 'nearly equal'],
        [
          ['test, also in training', duplicates.testInTrain, near.testInTrain],
          ['test, also in validation', duplicates.testInValidation, near.testInValidation],
          ['validation, also in training', duplicates.validationInTrain, near.validationInTrain],
        ],
      )}
      <p class="soft">
        Nearly: but for case, white space and the last digits of
        numbers${near.except.length === 0 ? '' : `, and for ${near.except.join(', ')}`}.
        ${together.sets === 0 ? '' : `${together.rows} rows in ${together.sets} sets are kept together.`}
      </p>
      ${
        overlaps.length > 0
          ? html`<h2>Values on both sides</h2>
              ${htmlTable(
                [
                  'column',
                  'values where it is judged',
                  'of them in training',
                  'label told by the value',
                  'commonest label',
                ],
                overlaps.map((one) => [one.column, one.values, one.shared, one.tells, one.commonest]),
              )}`
          : ''
      }
      ${
        times.length > 0
          ? html`<h2>Time</h2>
              ${htmlTable(
                ['column', 'training', 'validation', 'test'],
                times.map((one) => [one.column, span(one.train), span(one.validation), span(one.test)]),
              )}`
          : ''
      }`,
  );
}

function span(ends: readonly [string, string] | null): string {
  return ends ? `${ends[0]} to ${ends[1]}` : '–';
}
