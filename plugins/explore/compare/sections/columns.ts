import { html, htmlTable, sayFigure, type Html } from '@trainyard/pages';
import { presentOf, type ColumnProfile, type NumericProfile } from '../../profile.js';
import { percent, sayTime } from '../../words.js';
import { alike, type ComparedColumn, type Comparison, type OnlyThere } from '../comparison.js';
import { comparisonSection, type Charts } from './contract.js';

/** The most columns that are drawn. */
const DRAWN = 120;

export const columns = comparisonSection({
  name: 'columns',
  draw(comparison, charts) {
    const all = comparison.columns.filter(alike);
    if (all.length === 0) return undefined;
    const named = new Set([comparison.label, ...comparison.warnings.flatMap((one) => one.columns)]);
    const first = new Set([...all.filter(({ name }) => named.has(name)), ...all].slice(0, DRAWN));
    const more = all.length - first.size;
    return html`<h2>Columns</h2>
      <div class="cards">${all.filter((one) => first.has(one)).map((one) => card(one, comparison, charts))}</div>
      ${more > 0 ? html`<p class="soft">${more} more are in report.json.</p>` : ''}`;
  },
});

function card(column: ComparedColumn, comparison: Comparison, charts: Charts): Html {
  const { name, moved, profiles } = column;
  const [a, b] = profiles as [ColumnProfile, ColumnProfile];
  const type = a.type === b.type ? a.type : `${a.type} · ${b.type}`;
  const isLabel = name === comparison.label;
  return html`<section class="card${isLabel ? ' label' : ''}">
    <h3>${name}</h3>
    <small>${isLabel ? 'label, ' : ''}${type}</small>
    ${moved.map(
      ({ of, effect, psi, p, drifted }) =>
        html`<small class="${drifted ? 'moved' : ''}"
          >·
          ${of === 'missing' ? `missing moved by ${percent(effect)}` : `${of === 'lengths' ? 'lengths: ' : ''}${percent(effect)} elsewhere, PSI ${psi.toFixed(3)}`},
          p ${sayP(p)}</small
        >`,
    )}
    ${drawn(column, comparison, charts)} ${figures(column, comparison)} ${onlyIn(column, comparison)}
  </section>`;
}

function drawn(column: ComparedColumn, { names }: Comparison, { overlaid, sided, boxes }: Charts): Html {
  const { name, bins, values, profiles } = column;
  const [a, b] = profiles as [ColumnProfile, ColumnProfile];
  if (bins) {
    const series = names.map((side, i) => ({ name: side, counts: bins.counts[i] ?? [] }));
    const say = a.kind === 'time' ? sayTime(a.type) : undefined;
    return html`${overlaid(name, bins, series, say)}
    ${a.kind === 'numeric' && b.kind === 'numeric' ? boxes(`${name} as boxes`, boxesOf([a, b], names)) : ''}`;
  }
  if (values.length === 0) return html`<p class="soft">too many values to draw</p>`;
  const [before, after] = [presentOf(a) || 1, presentOf(b) || 1];
  return sided(
    `values of ${name}`,
    values.map(({ value, rows }) => ({
      name: value === '' ? '(empty)' : value,
      sides: [rows[0] / before, rows[1] / after].map((share) => ({ share, said: percent(share) })),
    })),
  );
}

function boxesOf(sides: readonly NumericProfile[], names: readonly string[]) {
  return sides.flatMap((side, i) =>
    presentOf(side) === 0 ? [] : [{ name: names[i] ?? '', rows: presentOf(side), ...side.box }],
  );
}

function figures({ profiles, beyond }: ComparedColumn, { names, rows }: Comparison): Html {
  const [a, b] = profiles as [ColumnProfile, ColumnProfile];
  const line = (name: string, of: (column: ColumnProfile) => string) => [name, of(a), of(b)];
  const lines = [
    line('missing', ({ missing, rows: all }) => `${missing} (${percent(all === 0 ? 0 : missing / all)})`),
    line('distinct', ({ distinct }) => sayFigure(distinct)),
  ];
  if (a.kind === 'numeric' && b.kind === 'numeric') {
    const numbers = (name: string, of: (column: NumericProfile) => number): void => {
      lines.push([name, sayFigure(of(a)), sayFigure(of(b))]);
    };
    if (a.nan + b.nan + a.infinite + b.infinite > 0) numbers('NaN or infinite', ({ nan, infinite }) => nan + infinite);
    numbers('mean', ({ mean }) => mean);
    numbers('deviation', ({ deviation }) => deviation);
    numbers('least', ({ min }) => min);
    for (const { share } of a.quantiles)
      if (b.quantiles.some((one) => one.share === share))
        numbers(`${100 * share} %`, ({ quantiles }) => quantiles.find((one) => one.share === share)?.value ?? 0);
    numbers('most', ({ max }) => max);
  }
  if (a.kind === 'time' && b.kind === 'time') {
    const say = (value: string | null): string => (value === null ? '–' : sayTime(a.type)(Date.parse(value)));
    lines.push(['first', say(a.min), say(b.min)], ['last', say(a.max), say(b.max)]);
  }
  const outside = beyond ? beyond.below + beyond.above : 0;
  return html`${htmlTable(['', ...names], lines)}
  ${
    beyond && outside > 0
      ? html`<small
          >${beyond.below} rows of ${names[1]} before all of ${names[0]}, ${beyond.above} beyond (of ${rows[1]})</small
        >`
      : ''
  }`;
}

function onlyIn({ only }: ComparedColumn, { names }: Comparison): Html | undefined {
  if (!only) return undefined;
  const said = (one: OnlyThere, side: string): Html | string =>
    one.values === 0
      ? ''
      : html`<p>
          <small
            >${one.values} ${one.values === 1 ? 'value' : 'values'} in ${side} alone, ${one.rows} rows:
            ${one.top.map(({ value }) => value).join(', ')}</small
          >
        </p>`;
  return html`${said(only[1], names[1])} ${said(only[0], names[0])}`;
}

const sayP = (p: number): string => (p < 0.001 ? 'below 0.001' : p.toFixed(3));
