import { html, htmlPage, htmlTable } from '@trainyard/pages';
import type { CleanFigures } from './rules.js';

/** What cleaning changed, as a page for people. */
export function cleanPage({ rows, rules, missing }: CleanFigures): string {
  const dropped = rows.before - rows.after;
  return htmlPage(
    'Cleaning',
    html`<p class="soft">${rows.before} rows before, ${rows.after} after: ${dropped} dropped.</p>
      <h2>Rules, in order</h2>
      ${
        rules.length === 0
          ? html`<p>No rules were given.</p>`
          : htmlTable(
              ['', 'rule', 'columns', 'rows dropped', 'cells changed', 'at serving'],
              rules.map((rule, i) => [
                i + 1,
                rule.rule,
                rule.columns.join(', '),
                rule.rowsDropped,
                rule.cellsChanged,
                rule.serving ? 'yes' : 'no',
              ]),
            )
      }
      <h2>Missing cells</h2>
      ${htmlTable(
        ['column', 'before', 'after'],
        missing.map(({ column, before, after }) => [column, before ?? 'not there', after ?? 'not there']),
      )}`,
  );
}
