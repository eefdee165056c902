import { html, type Html } from '@trainyard/pages';
import type { Association, Profile } from '../profile.js';
import { section, type Charts } from './contract.js';

const HEATS: readonly (readonly [Association['measure'], string])[] = [
  ['pearson', 'Pearson correlation of numbers'],
  ['spearman', 'Spearman correlation of numbers (of their ranks)'],
  ['cramers-v', "Cramér's V of categories"],
  ['mutual-information', 'Mutual information, in nats'],
];

export const relations = section({
  name: 'relations',
  draw(profile, charts) {
    const drawn = HEATS.flatMap(([measure, caption]) => heatOf(profile, measure, caption, charts));
    return drawn.length === 0
      ? undefined
      : html`<h2>How features go together</h2>
          ${drawn}`;
  },
});

function heatOf({ associations }: Profile, measure: Association['measure'], caption: string, { heat }: Charts): Html[] {
  const found = associations.filter((one) => one.measure === measure);
  if (found.length === 0) return [];
  const names = [...new Set(found.flatMap(({ columns }) => columns))];
  const place = new Map(names.map((name, i) => [name, i]));
  const values = new Map<string, number>();
  for (const { columns, value } of found) {
    const [a, b] = columns.map((name) => place.get(name));
    values.set(`${a} ${b}`, value).set(`${b} ${a}`, value);
  }
  const most = measure === 'mutual-information' ? Math.max(...found.map(({ value }) => value), Number.MIN_VALUE) : 1;
  return [
    html`<h3>${caption}</h3>
      <div class="wide">${heat(caption, names, (row, column) => values.get(`${row} ${column}`), most)}</div>`,
  ];
}
