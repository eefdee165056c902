import { html, sayFigure, type Html } from '@trainyard/pages';
import type { Histogram } from './profile.js';

const [WIDTH, HEIGHT] = [240, 72];

/** A histogram as inline SVG, with a mark where `at` is. Its colours are the page's. */
export function histogramChart(name: string, { from, width, counts }: Histogram, at?: number): Html {
  if (counts.length === 0) return html`<p class="soft">no values</p>`;
  const most = Math.max(...counts);
  const step = WIDTH / counts.length;
  const bars = counts.map((count, i) => {
    // A bin with anything in it stays visible.
    const height = count === 0 ? 0 : Math.max(1.5, (count / most) * HEIGHT);
    const [x, y] = [(i * step + 0.5).toFixed(1), (HEIGHT - height).toFixed(1)];
    const said = `${sayFigure(from + i * width)} to ${sayFigure(from + (i + 1) * width)}: ${count}`;
    return html`<rect x="${x}" y="${y}" width="${Math.max(1, step - 1).toFixed(1)}" height="${height.toFixed(1)}" rx="1"
      ><title>${said}</title></rect
    >`;
  });
  const mark = at === undefined || width === 0 ? undefined : ((at - from) / (width * counts.length)) * WIDTH;
  return html`<svg
    class="histogram"
    viewBox="0 0 ${WIDTH} ${HEIGHT + 1}"
    role="img"
    aria-label="distribution of ${name}"
    preserveAspectRatio="none"
  >
    ${bars}
    <line class="axis" x1="0" x2="${WIDTH}" y1="${HEIGHT + 0.5}" y2="${HEIGHT + 0.5}" />
    ${mark === undefined ? '' : html`<line class="mark" x1="${mark.toFixed(1)}" x2="${mark.toFixed(1)}" y1="0" y2="${HEIGHT}" />`}
  </svg>`;
}

/** One line for each entry: its name, a bar as long as its share of `full` (the largest by default), and what it says. */
export function barList(entries: readonly { name: string; size: number; said: string }[], full?: number): Html {
  const most = full ?? Math.max(...entries.map(({ size }) => size), Number.MIN_VALUE);
  const bar = (size: number): string => ((100 * size) / most).toFixed(1);
  return html`<ul class="bars">
    ${entries.map(
      ({ name, size, said }) =>
        html`<li>
          <span class="name">${name}</span
          ><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" width="100" height="10" />
            <rect width="${bar(size)}" height="10" /></svg
          ><span class="said">${said}</span>
        </li>`,
    )}
  </ul>`;
}

/** A square of numbers from -1 to 1 (or 0 to 1): the darker, the stronger; blue for positive, orange for negative. */
export function heatTable(
  caption: string,
  names: readonly string[],
  valueOf: (a: string, b: string) => number | undefined,
): Html {
  const cell = (a: string, b: string): Html => {
    const value = a === b ? 1 : valueOf(a, b);
    if (value === undefined) return html`<td class="number soft">–</td>`;
    const strength = Math.round(Math.abs(value) * 65);
    const ink = `color-mix(in srgb, var(${value < 0 ? '--b' : '--a'}) ${strength}%, transparent)`;
    return html`<td class="number" style="background:${ink}">${value.toFixed(2)}</td>`;
  };
  return html`<div class="wide">
    <table class="heat" aria-label="${caption}">
      <thead>
        <tr>
          <th></th>
          ${names.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${names.map(
          (a) =>
            html`<tr>
              <th scope="row">${a}</th>
              ${names.map((b) => cell(a, b))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
