import type { TransformStep } from '@trainyard/transforms';
import type { CategoryColumn } from './contract.js';

type Lookup = Extract<TransformStep, { kind: 'lookup' }>;
export type LookupTable = Lookup['all'];

/** Numbers for the values kept; a missing value gets those of the most frequent one where the recipe says so. */
export function lookupTable(
  { kept, mode, missing: way }: Pick<CategoryColumn, 'kept' | 'mode' | 'missing'>,
  of: (value: string) => readonly number[],
  missing: readonly number[],
  unknown: readonly number[],
): LookupTable {
  const values = kept.map((value) => of(value));
  return { values, missing: way === 'mode' ? (values[kept.indexOf(mode)] ?? unknown) : missing, unknown };
}

export function sayNumbers(numbers: readonly number[]): string {
  return numbers.map((value) => String(Number(value.toPrecision(6)))).join(', ');
}
