import type { Confusion } from '@trainyard/metrics';
import { html, type Html } from '@trainyard/pages';

/** A confusion matrix: rows are the truth, columns what was predicted; the darker, the larger the row's share. */
export function confusionTable(confusion: Confusion, classes: readonly string[]): Html {
  const cell = (count: number, share: number, right: boolean): Html => {
    const ink = `color-mix(in srgb, var(${right ? '--c' : '--b'}) ${Math.round(share * 70)}%, transparent)`;
    return html`<td class="number" style="background:${ink}">${count}</td>`;
  };
  return html`<div class="wide">
    <table aria-label="confusion matrix">
      <thead>
        <tr>
          <th>true class</th>
          ${classes.map((name) => html`<th scope="col">as ${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${confusion.map((row, i) => {
          const total = row.reduce((a, b) => a + b, 0) || 1;
          return html`<tr>
            <th scope="row">${classes[i]}</th>
            ${row.map((count, k) => cell(count, count / total, i === k))}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}
