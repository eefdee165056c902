import { html } from '@trainyard/pages';
import { percent } from '../words.js';
import { section } from './contract.js';

export const tiles = section({
  name: 'tiles',
  draw({ rows, columns, duplicates, warnings }) {
    const cells = rows * columns.length;
    const sum = (of: (column: (typeof columns)[number]) => number): number =>
      columns.reduce((total, column) => total + of(column), 0);
    const missing = sum((column) => column.missing);
    const odd = sum((column) => (column.kind === 'numeric' ? column.nan + column.infinite : 0));
    const said: readonly (readonly [number | string, string])[] = [
      [rows, 'rows'],
      [columns.length, 'columns'],
      [cells === 0 ? '–' : percent(missing / cells), 'cells missing'],
      ...(odd > 0 ? [[odd, 'NaN or infinite'] as const] : []),
      [duplicates, 'rows twice'],
      [warnings.length, 'warnings'],
    ];
    return html`<ul class="tiles">
      ${said.map(([figure, name]) => html`<li><b>${figure}</b><span>${name}</span></li>`)}
    </ul>`;
  },
});
