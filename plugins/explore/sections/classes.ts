import { html } from '@trainyard/pages';
import { percent } from '../words.js';
import { section } from './contract.js';

const MOST = 30;

export const classes = section({
  name: 'classes',
  draw({ label, classes: all, rows }, { bars }) {
    if (label === null || all.length === 0) return undefined;
    const shown = all.slice(0, MOST);
    return html`<h2>Classes of ${label}</h2>
      ${bars(
        `classes of ${label}`,
        shown.map((one) => ({ name: one.name, size: one.rows, said: `${one.rows} (${percent(one.rows / rows)})` })),
      )}
      ${all.length > MOST ? html`<p class="soft">${all.length - MOST} more classes have fewer rows.</p>` : ''}`;
  },
});
