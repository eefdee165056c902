import type { HistoryTake } from './windows.js';

/** Columns that were made of fewer earlier rows than they look back at, by the row that they stand in. */
const short = new WeakMap<object, readonly string[]>();

/** Notes which columns of a row had less before them than they look back at: a length of time may hold any number of rows. */
export function noteShort(row: object, takes: readonly HistoryTake[], past: number): void {
  const lacking = takes.filter(({ back, rows }) => (back ?? rows ?? 0) > past).map(({ name }) => name);
  if (lacking.length > 0) short.set(row, [...(short.get(row) ?? []), ...lacking]);
}

/** These columns of a row that has gone through rules. */
export function shortOf(row: object): readonly string[] {
  return short.get(row) ?? [];
}
