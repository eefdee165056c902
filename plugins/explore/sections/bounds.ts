import { html } from '@trainyard/pages';
import { section } from './contract.js';

export const bounds = section({
  name: 'bounds',
  draw: ({ bounds: said }) =>
    said.length === 0
      ? undefined
      : html`<h2>What was left out</h2>
          <ul>
            ${said.map((one) => html`<li>${one}</li>`)}
          </ul>`,
});
