import { presentOf } from '../../profile.js';
import type { Compared, ComparedColumn, OnlyThere } from '../comparison.js';
import type { Finding } from '../../warnings/contract.js';
import { comparisonWarning } from './contract.js';

const SHOWN = 5;

export const newClass = comparisonWarning({
  kind: 'new-class',
  weight: 'wrong',
  find: (seen) =>
    seen.columns
      .filter(({ name }) => name === seen.label)
      .flatMap((one) => found(one, seen, 'a model of that cannot know them')),
});

export const newCategory = comparisonWarning({
  kind: 'new-category',
  weight: 'costly',
  find: (seen) =>
    seen.columns
      .filter((one) => one.name !== seen.label && repeats(one))
      .flatMap((one) => found(one, seen, 'to a model they are unknown')),
});

/** Whether the reference's values come again and again: new ones among names of rows are no finding. */
function repeats({ profiles: [a] }: ComparedColumn): boolean {
  return a !== null && a.distinct <= presentOf(a) / 2;
}

function found({ name, only }: ComparedColumn, { names }: Compared, matters: string): Finding[] {
  const fresh = only?.[1];
  if (!fresh || fresh.values === 0) return [];
  const said = `${name} has ${fresh.values} ${fresh.values === 1 ? 'value' : 'values'} in ${names[1]} that ${names[0]} lacks, in ${fresh.rows} rows (${listOf(fresh)}): ${matters}`;
  return [{ columns: [name], said }];
}

export function listOf({ top, values }: OnlyThere): string {
  const shown = top.slice(0, SHOWN).map(({ value }) => JSON.stringify(value));
  return `${shown.join(', ')}${values > shown.length ? ', …' : ''}`;
}
