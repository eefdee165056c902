import { sayLimit, type QuarantineLine } from '@trainyard/tables/bad';
import { html, htmlFacts, htmlPage, htmlTable, type Html } from '@trainyard/pages';
import type { SiftFigures } from '../contract.js';

/** What was left out of a table, as a page for people. */
export function siftPage(figures: SiftFigures, lines: readonly QuarantineLine[]): string {
  const { source, read, dropped, limit, overLimit, unit, rules } = figures;
  return htmlPage(
    `Quarantine of ${source}`,
    html`<p>
        <strong>${dropped} of ${read} rows cannot be read as the schema says</strong>${overLimit && ', over the limit'}.
      </p>
      ${htmlFacts([
        ['rows read', read],
        ['in quarantine', dropped],
        ['allowed', sayLimit({ limit })],
      ])}
      ${
        dropped > 0 &&
        html`<h2>Rules</h2>
          ${htmlTable(
            ['rule', 'column', 'rows'],
            rules.map(({ rule, column, rows }) => [rule, column ?? '', rows]),
          )}
          <h2>${lines.length < dropped ? 'The first lines' : 'All lines'}</h2>
          ${lineTable(lines, unit)}`
      }`,
  );
}

/** Lines of a quarantine as a table. */
export function lineTable(lines: readonly QuarantineLine[], unit: SiftFigures['unit']): Html {
  return htmlTable(
    [unit, 'column', 'text', 'expected', 'rule'],
    lines.map(({ file, place, column, text, expected, rule }) => [
      file ? `${file}, ${place}` : place,
      column ?? '',
      text ?? 'nothing',
      expected,
      rule,
    ]),
  );
}
