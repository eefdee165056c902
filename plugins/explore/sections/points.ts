import { html } from '@trainyard/pages';
import { section } from './contract.js';

export const points = section({
  name: 'points',
  draw({ scatter: { rows, seed, pairs }, rows: all, classes, label }, { scatter, colourOf }) {
    if (pairs.length === 0) return undefined;
    const said = rows < all ? `${rows} of ${all} rows, drawn at random with seed ${seed}` : 'all rows';
    return html`<h2>Numbers that go together most</h2>
      <p class="soft">
        ${said}${label !== null && classes.length > 0 ? html`; colours are the classes of ${label}` : ''}.
      </p>
      <div class="cards">
        ${pairs.map(
          ({ columns: [x, y], points: drawn }) =>
            html`<section class="card">
              ${scatter(
                { name: x },
                { name: y },
                drawn.map((point) => ({
                  x: point.x,
                  y: point.y,
                  ...(point.class === undefined ? {} : { colour: colourOf(point.class) }),
                })),
              )}
            </section>`,
        )}
      </div>`;
  },
});
