/** A value as tables and requests hold it; NaN counts as missing. */
export type DriftCell = number | string | boolean | null | undefined;

/** A column to look at: values in order (`number`), or without one (`text`; numbers and booleans by their text). */
export interface DriftColumn {
  readonly name: string;
  readonly type: 'number' | 'text';
}

export type ColumnProfile =
  | {
      readonly name: string;
      readonly type: 'number';
      /** Rows without a value, and with one. */
      readonly missing: number;
      readonly present: number;
      /** The values in ascending order; of many, as many as `MOST_VALUES`, evenly spaced in that order. */
      readonly values: readonly number[];
    }
  | {
      readonly name: string;
      readonly type: 'text';
      readonly missing: number;
      readonly present: number;
      /** Rows by value. */
      readonly counts: { readonly [value: string]: number };
    };

/** What is kept of a table to compare others with. */
export interface Profile {
  readonly format: 'trainyard.profile/1';
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

/** Beyond so many values the Kolmogorov-Smirnov test is no longer exact, and a reference no better. */
export const MOST_VALUES = 10_000;

/** The file of an artifact that holds a profile. */
export const PROFILE_FILE = 'profile.json';

/** The columns of a profile, to make another one alike. */
export function columnsOf({ columns }: Profile): DriftColumn[] {
  return columns.map(({ name, type }) => ({ name, type }));
}

export type DriftRow = Readonly<Record<string, DriftCell>>;

/** The profile of some rows, for the columns named. A value that is no number in a column of numbers counts as missing. */
export function profileOf(rows: readonly DriftRow[], columns: readonly DriftColumn[]): Profile {
  return {
    format: 'trainyard.profile/1',
    rows: rows.length,
    columns: columns.map(({ name, type }) => (type === 'number' ? numbers(name, rows) : texts(name, rows))),
  };
}

function numbers(name: string, rows: readonly DriftRow[]): ColumnProfile {
  const all = new Float64Array(rows.length);
  let present = 0;
  for (const row of rows) {
    const cell = row[name];
    if (typeof cell === 'number' && !Number.isNaN(cell)) all[present++] = cell;
  }
  const values = thin(all.subarray(0, present).sort());
  return { name, type: 'number', missing: rows.length - present, present, values };
}

function thin(sorted: Float64Array): number[] {
  if (sorted.length <= MOST_VALUES) return [...sorted];
  const step = sorted.length / MOST_VALUES;
  return Array.from({ length: MOST_VALUES }, (_, i) => sorted[Math.floor((i + 0.5) * step)]!);
}

function texts(name: string, rows: readonly DriftRow[]): ColumnProfile {
  const counts = new Map<string, number>();
  let present = 0;
  for (const row of rows) {
    const cell = row[name];
    if (cell === null || cell === undefined || (typeof cell === 'number' && Number.isNaN(cell))) continue;
    counts.set(String(cell), (counts.get(String(cell)) ?? 0) + 1);
    present++;
  }
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  // Without a prototype: a value named `constructor` is a value like any other.
  const plain = Object.assign(Object.create(null) as object, Object.fromEntries(sorted)) as Record<string, number>;
  return { name, type: 'text', missing: rows.length - present, present, counts: plain };
}
