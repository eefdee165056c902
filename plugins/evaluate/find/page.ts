import { shortName, type Figure } from '@trainyard/metrics';
import { html, htmlPage, htmlTable, sayFigure, type Html } from '@trainyard/pages';
import type { z } from 'zod';
import { bars } from '@trainyard/pages/charts';
import { between } from '../sections/index.js';
import type { foundSlice, sliceSearch, wrongRows } from './contract.js';

type Found = z.output<typeof foundSlice>;

/** Bars that are drawn. */
const DRAWN = 12;

const nameOf = ({ columns, values }: Pick<Found, 'columns' | 'values'>): string =>
  columns.map((column, i) => `${column}: ${values[i]}`).join(', ');

/** The slices of a model, for people. */
export function slicesPage(
  value: z.output<typeof sliceSearch>,
  slices: readonly Found[],
  { title }: Figure,
  alpha: number,
): string {
  const { limit, looked, tooSmall, least, n } = value;
  const judged = slices.filter(({ verdict }) => verdict !== 'too small');
  const small = slices.filter(({ verdict }) => verdict === 'too small');
  return htmlPage(
    'Slices',
    html`<p><strong>${sayVerdict(value)}</strong></p>
      <p class="soft">
        ${n} rows, ${title} ${sayFigure(value.value)} in all. ${looked} slices have ${least} rows or more; ${tooSmall}
        have fewer and are too small: of them nothing is said.
        ${
          limit === null
            ? `p is the chance of so bad a slice among rows drawn at random; adjusted, it counts all ${looked} looks (Holm): a slice is worse where that is at most ${alpha}.`
            : `A slice has passed where its whole 95 % interval keeps to ${sayFigure(limit)}, and failed where all of it lies beyond.`
        }
      </p>
      ${
        judged.length > 0 &&
        html`<h2>The worst</h2>
          ${bars(
            'The worst slices',
            judged
              .slice(0, DRAWN)
              .map((one) => ({ name: nameOf(one), size: Math.max(0, one.value ?? 0), said: sayFigure(one.value) })),
          )}
          ${slicesTable(judged, shortName(value.figure))}`
      }
      ${
        small.length > 0 &&
        html`<h2>Too small</h2>
          ${htmlTable(
            ['slice', 'rows'],
            small.map((one) => [nameOf(one), one.n]),
          )}`
      }`,
  );
}

/** Slices with rows enough, as a table. */
export function slicesTable(slices: readonly Found[], figure: string): Html {
  return htmlTable(
    ['slice', 'rows', figure, '95 % interval', 'p', 'adjusted', 'verdict'],
    slices.map((one) => [
      nameOf(one),
      one.n,
      one.value,
      between(one.interval ?? undefined),
      one.p,
      one.adjusted,
      one.verdict,
    ]),
  );
}

function sayVerdict({ verdict, looked, limit, least }: z.output<typeof sliceSearch>): string {
  if (looked === 0) return `No slice has ${least} rows: nothing can be said of any.`;
  switch (verdict) {
    case 'worse':
      return 'Some slices are answered worse than the rest, beyond chance.';
    case 'not worse':
      return 'No slice is answered worse than the rest beyond chance. That does not show that none is.';
    case 'failed':
      return `A slice breaks the limit ${sayFigure(limit)}.`;
    case 'passed':
      return `All slices with rows enough keep to ${sayFigure(limit)}.`;
    case 'cannot tell':
      return `The rows cannot tell whether all slices keep to ${sayFigure(limit)}.`;
  }
}

/** Rows to look at, for people. */
export function errorsPage(
  value: z.output<typeof wrongRows>,
  rows: readonly { readonly row: string; readonly cells: readonly string[] }[],
  columns: readonly string[],
): string {
  return htmlPage(
    'The most wrong rows',
    html`<p class="soft">
        ${value.n} rows${value.wrong !== null && `, ${value.wrong} of them answered wrong`}. Error: ${value.says}. The
        table <code>rows</code> beside this report has them with their identity, ready for labels.suspects or a join.
      </p>
      <nav class="soft">
        Rows: ${rows.slice(0, DRAWN).map(({ row }, i) => html`<a href="#row-${i + 1}">${row}</a> `)}
      </nav>
      <div class="wide">
        <table>
          <thead>
            <tr>
              ${['row', 'true', 'answered', 'error', ...columns].map((name) => html`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ({ row, cells }, i) =>
                html`<tr id="row-${i + 1}">
                  <th scope="row"><a href="#row-${i + 1}">${row}</a></th>
                  ${cells.map((cell) => html`<td>${cell}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`,
  );
}
