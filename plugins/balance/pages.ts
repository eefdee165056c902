import { html, htmlPage, htmlTable, htmlWarnings, type Html, sayShare } from '@trainyard/pages';
import type { RepresentationFigures, ResampleFigures, WeightFigures } from './contract.js';

const percent = (share: number): string => sayShare(share, 1);
const between = ([low, high]: readonly [number, number]): string => `${percent(low)} to ${percent(high)}`;

/** Who is in a table, as a page for people. */
export function representationPage(figures: RepresentationFigures): string {
  const { rows, label, positive, classes, columns, intersections, warnings } = figures;
  const labelled = label !== null;
  const rate = labelled ? [`${label} is ${positive}`, '95 %'] : [];
  type Counted = RepresentationFigures['intersections']['smallest'][number];
  const cells = ({ rows: n, share, interval, positive: of }: Counted): (string | number)[] => [
    n,
    percent(share),
    between(interval),
    ...(of === null ? [] : [percent(of.share), between(of.interval)]),
  ];
  const gap = (of: { readonly difference: number | null; readonly ratio: number | null }): Html | '' =>
    of.difference === null
      ? ''
      : html`<p class="soft">
          Largest less smallest share of ${positive}: ${percent(of.difference)}; smallest ÷ largest:
          ${of.ratio === null ? '–' : of.ratio.toFixed(2)}.
        </p>`;
  return htmlPage(
    'Representation',
    html`<p class="soft">${rows} rows. Intervals are Wilson's, 95 %: what a sample of this size leaves open.</p>
      ${htmlWarnings(warnings)}
      ${
        labelled
          ? html`<h2>${label}</h2>
              ${htmlTable(
                ['class', 'rows', 'share', '95 %'],
                classes.map((one) => [one.name, one.rows, percent(one.share), between(one.interval)]),
              )}`
          : ''
      }
      ${columns.map(
        ({ column, values, ...of }) =>
          html`<h2>${column}</h2>
            ${htmlTable(
              ['value', 'rows', 'share', '95 %', ...rate, 'population'],
              values.map((one) => [
                one.values[0]!,
                ...cells(one),
                one.population === null ? '–' : percent(one.population),
              ]),
            )}
            ${gap(of)}`,
      )}
      ${
        intersections.columns.length > 1
          ? html`<h2>Together: ${intersections.columns.join(', ')}</h2>
              <p class="soft">
                ${intersections.cells} combinations, ${intersections.empty} of those that there could be are empty. The
                smallest:
              </p>
              ${htmlTable(
                [...intersections.columns, 'rows', 'share', '95 %', ...rate],
                intersections.smallest.map((one) => [...one.values, ...cells(one)]),
              )}
              ${gap(intersections)}`
          : ''
      }`,
  );
}

/** What resampling did, as a page for people. */
export function resamplePage({ way, columns, rows, cells, leftOut, copies, most, warnings }: ResampleFigures): string {
  return htmlPage(
    'Resampling',
    html`<p class="soft">
        ${rows.before} rows before, ${rows.after} after:
        ${way === 'over' ? `${copies} copies, at most ${most} of one row` : `${leftOut} rows left out`}.
      </p>
      ${htmlWarnings(warnings)}
      <h2>Rows</h2>
      ${htmlTable(
        [...columns, 'before', 'share', 'after', 'share after'],
        cells.map((one) => [
          ...one.values,
          one.before,
          percent(one.before / rows.before),
          one.after,
          percent(one.after / rows.after),
        ]),
      )}`,
  );
}

/** What weighing did, as a page for people. */
export function weightsPage({ column, columns, rows, cells, effective, cut, warnings }: WeightFigures): string {
  return htmlPage(
    'Weights',
    html`<p class="soft">
        ${rows} rows, weighed in column ${column}: they say as much as ${Math.round(effective)} rows of one weight.
        ${cut === 0 ? '' : `The weight of ${cut} rows is cut.`}
      </p>
      ${htmlWarnings(warnings)}
      <h2>Weights</h2>
      ${htmlTable(
        [...columns, 'rows', 'weight', 'share', 'share by weight'],
        cells.map((one) => [...one.values, one.rows, one.weight, percent(one.share), percent(one.after)]),
      )}`,
  );
}
