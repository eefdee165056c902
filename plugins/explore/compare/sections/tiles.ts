import { html } from '@trainyard/pages';
import { comparisonSection } from './contract.js';

export const tiles = comparisonSection({
  name: 'tiles',
  draw({ names, rows, columns, shared, warnings }, { colourOf }) {
    const both = columns.filter(({ profiles: [a, b] }) => a && b).length;
    const moved = columns.filter((one) => one.moved.some(({ drifted }) => drifted)).length;
    const said: readonly (readonly [number, string])[] = [
      [rows[0], `rows of ${names[0]}`],
      [rows[1], `rows of ${names[1]}`],
      [both, 'columns of both'],
      [moved, 'columns moved'],
      [shared.rows, 'rows of both'],
      [warnings.length, 'warnings'],
    ];
    return html`<ul class="tiles">
        ${said.map(([figure, name]) => html`<li><b>${figure}</b><span>${name}</span></li>`)}
      </ul>
      <ul class="legend">
        ${names.map(
          (name, i) =>
            html`<li>
              <svg viewBox="0 0 10 10" aria-hidden="true">
                <rect width="10" height="10" style="fill:${colourOf(i)}" /></svg
              >${name}
            </li>`,
        )}
      </ul>`;
  },
});
