import { html, htmlPage, htmlTable, htmlWarnings } from '@trainyard/pages';
import type { FoldFigures } from './contract.js';

/** Dealing rows to folds, as a page for people. */
export function foldPage(figures: FoldFigures, time: string | undefined): string {
  const { rows, before, classes, duplicates, near, together, warnings } = figures;
  const total = rows.reduce((sum, count) => sum + count, before);
  return htmlPage(
    'Folds',
    html`<p class="soft">
        ${total} rows,
        ${time === undefined ? 'dealt by their identity: each is validated on once' : `in stretches of ${time}: each is validated by what lies before it`}.
      </p>
      ${htmlWarnings(warnings)}
      <h2>Folds</h2>
      ${htmlTable(
        ['fold', 'rows', ...classes.map(({ name }) => name)],
        [
          ...(before > 0 ? [['before the first', before, ...classes.map(() => null)]] : []),
          ...rows.map((count, fold) => [String(fold), count, ...classes.map(({ folds }) => folds[fold] ?? 0)]),
        ],
      )}
      <h2>Rows that stand in two folds</h2>
      ${htmlTable(
        ['', 'rows'],
        [
          ['equal in every column', duplicates],
          ['nearly equal', near],
          [`kept together in ${together.sets} sets`, together.rows],
        ],
      )}`,
  );
}
