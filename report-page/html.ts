/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly (Html | string | number)[] | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Template tag: values are escaped unless they are HTML, lists are joined, undefined is left out. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.map((text, i) => text + (i < parts.length ? textOf(parts[i]) : '')).join('') };
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'object') return 'html' in part ? part.html : part.map(textOf).join('');
  return String(part).replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}

/** A table with a header row; cells that are numbers, or null where there is none, stand to the right. */
export function htmlTable(
  header: readonly string[],
  rows: readonly (readonly (string | number | null | Html)[])[],
): Html {
  const cell = (value: string | number | null | Html): Html =>
    typeof value === 'number' || value === null
      ? html`<td class="number">${sayFigure(value)}</td>`
      : html`<td>${value}</td>`;
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${header.map((name) => html`<th scope="col">${name}</th>`)}
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

/** A figure for people: whole numbers as they are, others with four significant digits. */
export function sayFigure(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

const STYLE = `:root{color-scheme:light dark;--ink:#1c2733;--soft:#5b6875;--line:#d5dce3;--paper:#fff;--a:#1f6feb;--b:#d1570c;--c:#2a8a3e}
@media(prefers-color-scheme:dark){:root{--ink:#e5ebf1;--soft:#9aa7b4;--line:#36424e;--paper:#141a20;--a:#6cb0ff;--b:#ff9b57;--c:#66c27a}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.4rem 0}.soft{color:var(--soft)}
table{border-collapse:collapse}th,td{padding:.25rem .7rem;border-bottom:1px solid var(--line);text-align:left}th{font-weight:600;color:var(--soft)}
td.number{text-align:right;font-variant-numeric:tabular-nums}.wide{overflow-x:auto}svg{max-width:100%;height:auto}svg text{fill:var(--ink);font:12px system-ui,sans-serif}`;

/** One offline page: no script, nothing from elsewhere. */
export function htmlPage(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${{ html: STYLE }}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.html;
}
