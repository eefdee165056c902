import { html, trusted, type Html } from './html.js';

/** A table with a header row; cells that are numbers, or null where there is none, stand to the right. */
export function htmlTable(
  header: readonly string[],
  rows: readonly (readonly (string | number | null | Html)[])[],
): Html {
  const cell = (value: string | number | null | Html): Html =>
    isFigure(value) ? html`<td class="number">${sayFigure(value)}</td>` : html`<td>${value}</td>`;
  const right = header.map((_, column) => rows.length > 0 && rows.every((row) => isFigure(row[column])));
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${header.map((name, column) => html`<th scope="col" class="${right[column] ? 'number' : ''}">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function isFigure(value: string | number | null | undefined | Html): value is number | null {
  return typeof value === 'number' || value === null;
}

/** What is named, one under the other. */
export function htmlFacts(facts: readonly (readonly [name: string, value: string | number | Html])[]): Html {
  return html`<dl class="facts">
    ${facts.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${typeof value === 'number' ? sayFigure(value) : value}</dd>`,
    )}
  </dl>`;
}

/** Warnings under a heading of their own; nothing where there are none. */
export function htmlWarnings(warnings: readonly string[]): Html | '' {
  return warnings.length === 0
    ? ''
    : html`<h2>Warnings</h2>
        <ul>
          ${warnings.map((warning) => html`<li>${warning}</li>`)}
        </ul>`;
}

/** A drawing that is dark on white: in the dark it is turned over, its hues kept. */
export function htmlDrawing(svg: string): Html {
  return html`<div class="wide drawing">${trusted(svg)}</div>`;
}

/** A figure for people: whole numbers as they are, others with four significant digits. */
export function sayFigure(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

const STYLE = `:root{color-scheme:light dark;--ink:#1c2733;--soft:#5b6875;--line:#d5dce3;--paper:#fff;--a:#1f6feb;--b:#d1570c;--c:#2a8a3e}
@media(prefers-color-scheme:dark){:root{--ink:#e5ebf1;--soft:#9aa7b4;--line:#36424e;--paper:#141a20;--a:#6cb0ff;--b:#ff9b57;--c:#66c27a}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.4rem 0}.soft{color:var(--soft)}
table{border-collapse:collapse}th,td{padding:.25rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}th{font-weight:600;color:var(--soft)}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}.wide{overflow-x:auto}.wide table{width:max-content;max-width:56rem}h1,dd{overflow-wrap:anywhere}
dl.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.2rem;margin:.6rem 0}dl.facts dt{color:var(--soft)}dl.facts dd{margin:0}
@media(max-width:32rem){.wide td:first-child,.wide th:first-child{max-width:10rem;overflow-wrap:anywhere}dl.facts{display:block}dl.facts dd{margin:0 0 .5rem}}
mark{background:color-mix(in srgb,var(--b) 22%,transparent);color:inherit;padding:.1rem .3rem;border-radius:4px}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:8px;padding:.6rem .8rem}
svg{max-width:100%;height:auto}.chart svg{min-width:30rem}svg text{fill:var(--ink);font:12px system-ui,sans-serif}
.drawings{display:grid;gap:.8rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));align-items:start;margin:.8rem 0}
.drawing{border:1px solid var(--line);border-radius:8px}.drawing svg{display:block;width:100%;min-width:24rem}.drawing svg text{fill:#222}
@media(prefers-color-scheme:dark){.drawing svg{filter:invert(.9) hue-rotate(180deg)}}`;

/** One offline page: no script, nothing from elsewhere. */
export function htmlPage(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.text;
}

/** A share as people read it, in percent: with one digit below 10 %, or with so many digits. */
export function sayShare(share: number, digits: number = share > 0 && share < 0.1 ? 1 : 0): string {
  return `${(100 * share).toFixed(digits)}%`;
}
