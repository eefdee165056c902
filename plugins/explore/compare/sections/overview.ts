import { html, htmlTable } from '@trainyard/pages';
import type { ColumnProfile } from '../../profile.js';
import { percent } from '../../words.js';
import type { Both, ComparedColumn } from '../comparison.js';
import { comparisonSection } from './contract.js';

const MOST = 1000;

export const overview = comparisonSection({
  name: 'overview',
  draw({ columns, alpha, minEffect }) {
    if (columns.length === 0) return undefined;
    const more = columns.length - MOST;
    return html`<h2>What has moved</h2>
      <p class="soft">
        Share of the rows that lies elsewhere, and the population stability index (PSI). Moved: beyond chance (p of at
        most ${alpha}, corrected for the number of tests) and in ${percent(minEffect)} of the rows or more. Two figures:
        the reference first.
      </p>
      ${htmlTable(
        ['column', 'elsewhere', 'PSI', 'missing', 'distinct', 'type'],
        [...columns].slice(0, MOST).sort(farthest).map(lineOf),
      )}
      ${more > 0 ? html`<p class="soft">${more} more are in report.json.</p>` : ''}`;
  },
});

function farthest(a: ComparedColumn, b: ComparedColumn): number {
  return effectOf(b) - effectOf(a);
}

const effectOf = ({ moved }: ComparedColumn): number => Math.max(...moved.map(({ effect }) => effect), -1);

function lineOf({ name, profiles, moved }: ComparedColumn) {
  const values = moved.find(({ of }) => of !== 'missing');
  const gaps = moved.find(({ of }) => of === 'missing');
  const elsewhere = values ? percent(values.effect) : '–';
  return [
    name,
    values?.drifted ? html`<span class="moved">${elsewhere}</span>` : elsewhere,
    values ? values.psi.toFixed(3) : '–',
    gaps?.drifted ? html`<span class="moved">${both(profiles, missingOf)}</span>` : both(profiles, missingOf),
    both(profiles, ({ distinct }) => String(distinct)),
    both(profiles, ({ type }) => type),
  ];
}

const missingOf = ({ rows, missing }: ColumnProfile): string => percent(rows === 0 ? 0 : missing / rows);

function both([a, b]: Both<ColumnProfile | null>, say: (column: ColumnProfile) => string): string {
  const [before, after] = [a ? say(a) : 'no column', b ? say(b) : 'no column'];
  return before === after ? before : `${before} · ${after}`;
}
