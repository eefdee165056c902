import { html } from '@trainyard/pages';
import { section } from './contract.js';

export const parts = section({
  name: 'parts',
  draw({ parts: found }, { bars }) {
    if (found === null) return undefined;
    return html`<h2>Parts by ${found.column}</h2>
      ${bars(
        `rows of each part`,
        found.rows.map(({ value, rows }) => ({ name: value, size: rows, said: String(rows) })),
      )}
      <p>
        ${found.shared === 0 ? 'No row' : found.shared} of one part equal${found.shared === 0 ? 's' : ''} one of another
        in all other columns.
      </p>`;
  },
});
