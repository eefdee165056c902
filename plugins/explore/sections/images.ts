import { html, type Html } from '@trainyard/pages';
import type { ImageProfile } from '../profile.js';
import { section, type Charts } from './contract.js';

export const images = section({
  name: 'images',
  draw({ columns, rows }, charts) {
    const found = columns.flatMap((column) =>
      column.kind === 'categorical' && column.images ? [{ name: column.name, ...column.images }] : [],
    );
    return found.length === 0 ? undefined : html`${found.map((one) => sheetOf(one, rows, charts))}`;
  },
});

function sheetOf({ name, formats, sizes, sheet }: ImageProfile & { name: string }, rows: number, charts: Charts): Html {
  const listed = (all: ImageProfile['sizes']) =>
    all.map(({ value, rows: of }) => ({ name: value, size: of, said: String(of) }));
  const { pictures, seed } = sheet;
  return html`<h2>Pictures in ${name}</h2>
    <div class="cards">
      <section class="card"><small>formats</small> ${charts.bars(`formats of ${name}`, listed(formats))}</section>
      ${
        sizes.length === 0
          ? ''
          : html`<section class="card">
              <small>width × height in pixels</small> ${charts.bars(`sizes of ${name}`, listed(sizes))}
            </section>`
      }
    </div>
    ${
      pictures.length === 0
        ? html`<p class="soft">None is small enough to be shown here.</p>`
        : html`<p class="soft">
              ${pictures.length} of ${rows}, drawn at random with seed ${seed}; large ones are left out.
            </p>
            <ul class="sheet">
              ${pictures.map(
                ({ source, label }) =>
                  html`<li><img src="${source}" alt="${label ?? 'a picture'}" /><small>${label}</small></li>`,
              )}
            </ul>`
    }`;
}
