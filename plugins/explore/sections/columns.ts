import { html, sayFigure, type Html } from '@trainyard/pages';
import type { CategoricalProfile, ColumnProfile, NumericProfile, Profile, TimeProfile } from '../profile.js';
import { percent } from '../words.js';
import { section, type Charts } from './contract.js';

/** The most columns that are drawn; of the others a table says the figures. */
const DRAWN = 120;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export const columns = section({
  name: 'columns',
  draw(profile, charts) {
    if (profile.columns.length === 0) return undefined;
    const drawn = drawnOf(profile);
    const others = profile.columns.filter((column) => !drawn.has(column));
    return html`<h2>Columns</h2>
      <div class="cards">${[...drawn].map((column) => card(column, column.name === profile.label, charts))}</div>
      ${others.length === 0 ? '' : table(others)}`;
  },
});

/** The label, what a warning names, and the first ones; in their order. */
function drawnOf({ columns: all, warnings, label }: Profile): Set<ColumnProfile> {
  if (all.length <= DRAWN) return new Set(all);
  const named = new Set([label, ...warnings.flatMap((one) => one.columns)]);
  const first = [...all.filter(({ name }) => named.has(name)), ...all].slice(0, DRAWN);
  const some = new Set(first);
  return new Set(all.filter((column) => some.has(column)));
}

function card(column: ColumnProfile, isLabel: boolean, charts: Charts): Html {
  const { name, type, distinct } = column;
  return html`<section class="card${isLabel ? ' label' : ''}">
    <h3>${name}</h3>
    <small>${isLabel ? 'label, ' : ''}${type} · ${distinct} distinct · ${gapsOf(column)}</small>
    ${column.kind === 'numeric' ? numbers(column, charts) : column.kind === 'time' ? times(column, charts) : categories(column, charts)}
  </section>`;
}

function gapsOf(column: ColumnProfile): string {
  const { rows, missing } = column;
  const said = [missing === 0 ? 'none missing' : `${missing} missing (${percent(missing / rows)})`];
  if (column.kind === 'numeric' && column.nan > 0) said.push(`${column.nan} NaN`);
  if (column.kind === 'numeric' && column.infinite > 0) said.push(`${column.infinite} infinite`);
  if (column.kind === 'categorical' && column.blank > 0) said.push(`${column.blank} blank`);
  return said.join(' · ');
}

function numbers(column: NumericProfile, { distribution }: Charts): Html {
  const { box, quantiles, quartiles } = column;
  const at = (share: number): number => quantiles.find((one) => one.share === share)?.value ?? 0;
  const outside = box.below + box.above;
  return html`${distribution(column.name, column.histogram, { box })}
  ${figures([
    ['mean', column.mean],
    ['median', quartiles[1]],
    ['deviation', column.deviation],
    ['least', column.min],
    ['most', column.max],
    ['quartiles', `${sayFigure(quartiles[0])} – ${sayFigure(quartiles[2])}`],
    ['1 % – 99 %', `${sayFigure(at(0.01))} – ${sayFigure(at(0.99))}`],
    ['skewness', column.skewness],
    ['zeros', column.zeros],
    ['outside box', outside],
  ])}`;
}

function times(column: TimeProfile, { distribution, bars }: Charts): Html {
  const { min, max, coverage, weekdays, hours } = column;
  const short = (time: string | null): string =>
    (time ?? '–').slice(0, column.type === 'date' ? 10 : 16).replace('T', ' ');
  const facts: [string, string][] = [
    ['first', short(min)],
    ['last', short(max)],
  ];
  if (coverage) {
    facts.push([`${coverage.unit}s with rows`, `${coverage.covered} of ${coverage.periods}`]);
    const { gap } = coverage;
    facts.push(['longest gap', gap ? `${gap.periods} ${coverage.unit}s after ${short(gap.from)}` : 'none']);
  }
  const days = weekdays.map((rows, i) => ({ name: DAYS[i]!, size: rows, said: String(rows) }));
  return html`${distribution(column.name, column.histogram, { say: (ms) => new Date(ms).toISOString().slice(0, 10) })}
  ${figures(facts)} ${weekdays.some((rows) => rows > 0) ? bars(`${column.name} by weekday`, days) : ''}
  ${hours.some((rows, hour) => hour > 0 && rows > 0) ? distribution(`${column.name} by hour of the day`, { from: 0, width: 1, counts: hours }, { height: 70 }) : ''}`;
}

function categories(column: CategoricalProfile, { bars, distribution }: Charts): Html {
  const present = column.rows - column.missing;
  const { text, images } = column;
  if (images)
    return html`<small>bytes of an image</small> ${distribution(`bytes of ${column.name}`, images.bytes)}
      ${figures([
        ['least', column.length[0]],
        ['most', column.length[1]],
      ])}`;
  if (text)
    return html`<small>characters of a text</small> ${distribution(`lengths of ${column.name}`, text.lengths)}
      ${figures([
        ['characters', text.meanLength],
        ['words', text.meanWords],
      ])}
      ${
        text.keywords.length === 0
          ? ''
          : html`<small>words that tell texts apart, and in how many they stand</small> ${bars(
                `keywords of ${column.name}`,
                text.keywords
                  .slice(0, 12)
                  .map(({ word, rows, score }) => ({ name: word, size: score, said: String(rows) })),
              )}`
      }`;
  const listed = column.top.reduce((sum, one) => sum + one.rows, 0);
  const rest = present - listed;
  return bars(`values of ${column.name}`, [
    ...column.top.map(({ value, rows }) => ({
      name: value === '' ? '(empty)' : value,
      size: rows,
      said: percent(rows / present),
    })),
    ...(rest > 0
      ? [{ name: `${column.distinct - column.top.length} more`, size: rest, said: percent(rest / present) }]
      : []),
  ]);
}

function figures(entries: readonly (readonly [string, number | string])[]): Html {
  return html`<dl>
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${typeof value === 'number' ? sayFigure(value) : value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** One line for each column, lean: there may be thousands. */
function table(all: readonly ColumnProfile[]): Html {
  const cells = (column: ColumnProfile): (string | number)[] => [
    column.name,
    column.type,
    column.missing,
    column.distinct,
    ...(column.kind === 'numeric'
      ? [sayFigure(column.min), sayFigure(column.quartiles[1]), sayFigure(column.max)]
      : column.kind === 'time'
        ? [column.min ?? '–', '', column.max ?? '–']
        : [column.top[0]?.value.slice(0, 30) ?? '–', '', '']),
  ];
  const heads = ['column', 'type', 'missing', 'distinct', 'least or most frequent', 'median', 'most'];
  return html`<h3>${all.length} more columns</h3>
    <div class="wide">
      <table>
        <thead>
          <tr>
            ${heads.map((head) => html`<th>${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${all.map(
            (column) =>
              html`<tr>
                ${cells(column).map((cell) => html`<td>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
