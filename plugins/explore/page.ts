import { html, htmlPage, sayFigure, trusted, type Html } from '@trainyard/pages';
import { barList, heatTable, histogramChart } from './charts.js';
import type {
  Association,
  CategoricalProfile,
  ColumnProfile,
  NumericProfile,
  Profile,
  TimeProfile,
} from './profile.js';

const STYLE = `.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:.75rem;padding:0;margin:1rem 0;list-style:none}
.tiles li,.card{border:1px solid var(--line);border-radius:10px;padding:.7rem .9rem}.tiles b{display:block;font-size:1.4rem;font-variant-numeric:tabular-nums}
.tiles span,.card small{color:var(--soft)}.warnings{padding:0;list-style:none;display:grid;gap:.5rem}
.warnings li{border-left:4px solid var(--b);background:color-mix(in srgb,var(--b) 9%,transparent);border-radius:0 8px 8px 0;padding:.45rem .8rem}
.warnings .leak{border-color:#c62828;background:color-mix(in srgb,#c62828 12%,transparent)}.warnings b{margin-right:.5rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:.9rem}.card h3{margin:0;font-size:1rem;overflow-wrap:anywhere}
.card.label{border:2px solid var(--a)}.card dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(4.4rem,1fr));gap:.3rem .8rem;margin:.6rem 0 0}
.card dt{font-size:.78rem;color:var(--soft)}.card dd{margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
svg.histogram{width:100%;height:72px;margin-top:.6rem;display:block}svg rect{fill:var(--a)}svg .track{fill:var(--line);opacity:.5}
svg .axis{stroke:var(--line)}svg .mark{stroke:var(--b);stroke-width:1.5;vector-effect:non-scaling-stroke}.ends{display:flex;justify-content:space-between;font-size:.78rem;color:var(--soft)}
.bars{list-style:none;padding:0;margin:.6rem 0 0;display:grid;gap:.3rem}.bars li{display:grid;grid-template-columns:minmax(4rem,9rem) 1fr minmax(4.5rem,auto);gap:.6rem;align-items:center}
.bars svg{width:100%;height:10px;border-radius:3px}.bars .name{overflow-wrap:anywhere;line-height:1.2}.bars .said{text-align:right;font-variant-numeric:tabular-nums;font-size:.85rem;color:var(--soft)}
.card .bars li{grid-template-columns:minmax(3rem,6.5rem) 1fr auto}
.heat th[scope=col]{font-size:.78rem;vertical-align:bottom;min-width:4rem;max-width:7rem;overflow-wrap:anywhere}.heat th[scope=row]{white-space:nowrap}`;

/** A profile as one offline page: no script, nothing from elsewhere; light and dark; one column on a phone. */
export function profilePage(profile: Profile, title: string): string {
  const { rows, columns, duplicates, label, classes, warnings } = profile;
  const cells = rows * columns.length;
  const missing = columns.reduce((sum, column) => sum + column.missing, 0);
  return htmlPage(
    title,
    html`<style>
        ${trusted(STYLE)}
      </style>
      <ul class="tiles">
        ${[
          [rows, 'rows'],
          [columns.length, 'columns'],
          [cells === 0 ? '–' : percent(missing / cells), 'cells missing'],
          [duplicates, 'rows twice'],
          [warnings.length, 'warnings'],
        ].map(([figure, name]) => html`<li><b>${figure ?? ''}</b><span>${name ?? ''}</span></li>`)}
      </ul>
      ${warningList(profile)}
      ${
        label !== null && classes.length > 0
          ? html`<h2>Classes of ${label}</h2>
              ${barList(
                classes.map((one) => ({
                  name: one.name,
                  size: one.rows,
                  said: `${one.rows} (${percent(one.rows / rows)})`,
                })),
              )}`
          : ''
      }
      ${
        profile.withLabel.length > 0 && label !== null
          ? html`<h2>What goes with ${label}</h2>
              <p class="soft">${measures(profile.withLabel)}</p>
              ${barList(
                profile.withLabel.map((one) => ({
                  name: one.columns.find((name) => name !== label) ?? label,
                  size: Math.abs(one.value),
                  said: one.value.toFixed(3),
                })),
              )}`
          : ''
      }
      <h2>Columns</h2>
      <div class="cards">${columns.map((column) => card(column, column.name === label))}</div>
      ${heat('Correlations of numbers', 'pearson', profile.associations)}
      ${heat("Association of categories (Cramér's V)", 'cramers-v', profile.associations)}`,
  );
}

function warningList({ warnings }: Profile): Html {
  if (warnings.length === 0) return html`<p>No warnings.</p>`;
  return html`<h2>Warnings</h2>
    <ul class="warnings">
      ${warnings.map(({ kind, said }) => html`<li class="${kind}"><b>${kind}</b>${said}</li>`)}
    </ul>`;
}

function card(column: ColumnProfile, isLabel: boolean): Html {
  const { name, type, rows, missing, distinct } = column;
  const gaps = missing === 0 ? 'none missing' : `${missing} missing (${percent(missing / rows)})`;
  return html`<section class="card${isLabel ? ' label' : ''}">
    <h3>${name}</h3>
    <small>${isLabel ? 'label, ' : ''}${type} · ${distinct} distinct · ${gaps}</small>
    ${column.kind === 'numeric' ? numbers(column) : column.kind === 'time' ? times(column) : categories(column)}
  </section>`;
}

function numbers(column: NumericProfile): Html {
  const [first, median, third] = column.quartiles;
  return html`${histogramChart(column.name, column.histogram, median)}
    <div class="ends"><span>${sayFigure(column.min)}</span><span>${sayFigure(column.max)}</span></div>
    ${figures([
      ['median', median],
      ['mean', column.mean],
      ['deviation', column.deviation],
      ['quartiles', `${sayFigure(first)} – ${sayFigure(third)}`],
      ['skewness', column.skewness],
    ])}`;
}

function times(column: TimeProfile): Html {
  return html`${histogramChart(column.name, column.histogram)}
    <div class="ends"><span>${column.min ?? '–'}</span><span>${column.max ?? '–'}</span></div>`;
}

function categories(column: CategoricalProfile): Html {
  const present = column.rows - column.missing;
  const listed = column.top.reduce((sum, one) => sum + one.rows, 0);
  const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
  return html`${barList([
    ...column.top.map((one) => ({ name: short(one.value), size: one.rows, said: percent(one.rows / present) })),
    ...(present > listed
      ? [
          {
            name: `${column.distinct - column.top.length} more`,
            size: present - listed,
            said: percent((present - listed) / present),
          },
        ]
      : []),
  ])}`;
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

function heat(caption: string, measure: Association['measure'], associations: readonly Association[]): Html | string {
  const found = associations.filter((one) => one.measure === measure);
  if (found.length === 0) return '';
  const names = [...new Set(found.flatMap(({ columns }) => columns))];
  const valueOf = (a: string, b: string): number | undefined =>
    found.find(({ columns }) => columns.includes(a) && columns.includes(b))?.value;
  return html`<h2>${caption}</h2>
    ${heatTable(caption, names, valueOf)}`;
}

function measures(associations: readonly Association[]): string {
  const said = {
    pearson: 'Pearson correlation (−1 to 1)',
    'cramers-v': "Cramér's V for categories (0 to 1)",
    'correlation-ratio': 'correlation ratio for numbers: the share of the variance between classes (0 to 1)',
  };
  return [...new Set(associations.map(({ measure }) => said[measure]))].join('; ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;
}
