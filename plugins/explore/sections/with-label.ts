import { html } from '@trainyard/pages';
import type { Association } from '../profile.js';
import { section } from './contract.js';

const MOST = 15;
const SAID: Readonly<Record<Association['measure'], string>> = {
  pearson: 'Pearson correlation: linear, −1 to 1',
  spearman: 'Spearman correlation: of ranks, so any course that rises or falls, −1 to 1',
  'correlation-ratio': 'Correlation ratio: the share of a number’s variance between classes, 0 to 1',
  'cramers-v': "Cramér's V: of categories, 0 to 1",
  'mutual-information': 'Mutual information, in nats: of any kind; numbers count by parts of as many rows each',
};

export const withLabel = section({
  name: 'with-label',
  draw({ label, withLabel: all }, { bars }) {
    if (label === null || all.length === 0) return undefined;
    const measures = [...new Set(all.map(({ measure }) => measure))];
    return html`<h2>What goes with ${label}</h2>
      <div class="cards">
        ${measures.map((measure) => {
          const found = all.filter((one) => one.measure === measure);
          const shown = found.slice(0, MOST).map(({ columns, value }) => ({
            name: columns.find((name) => name !== label) ?? label,
            size: Math.abs(value),
            said: value.toFixed(3),
          }));
          return html`<section class="card">
            <small>${SAID[measure]}</small>
            ${bars(`${measure} with ${label}`, shown, measure === 'mutual-information' ? undefined : 1)}
            ${found.length > MOST ? html`<small>and ${found.length - MOST} weaker ones</small>` : ''}
          </section>`;
        })}
      </div>`;
  },
});
