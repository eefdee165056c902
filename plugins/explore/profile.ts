import type { Column, ColumnType } from '@trainyard/tables';
import type { Warning } from './contract.js';

/** Equal-width bins: bin i goes from `from + i * width` to the next; the last includes its end. */
export interface Histogram {
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
}

interface AnyColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly rows: number;
  readonly missing: number;
  /** Distinct values, missing aside. */
  readonly distinct: number;
}

/** A column of numbers. Statistics are of the values present; quantiles are interpolated linearly. */
export interface NumericProfile extends AnyColumn {
  readonly kind: 'numeric';
  readonly mean: number;
  /** Of the sample (n - 1). */
  readonly deviation: number;
  /** Adjusted Fisher–Pearson coefficient; 0 where it is not defined. */
  readonly skewness: number;
  readonly min: number;
  readonly quartiles: readonly [number, number, number];
  readonly max: number;
  readonly histogram: Histogram;
}

/** A column of text or booleans. */
export interface CategoricalProfile extends AnyColumn {
  readonly kind: 'categorical';
  /** The most frequent values, by falling count, then by value. */
  readonly top: readonly { readonly value: string; readonly rows: number }[];
  /** Values that differ in case or white space alone; looked for where there are at most 1,000 values. */
  readonly spellings: readonly (readonly string[])[];
  /** Characters of the shortest and longest value. */
  readonly length: readonly [number, number];
}

/** A column of dates or times; the histogram is in milliseconds since 1970. */
export interface TimeProfile extends AnyColumn {
  readonly kind: 'time';
  readonly min: string | null;
  readonly max: string | null;
  readonly histogram: Histogram;
}

export type ColumnProfile = NumericProfile | CategoricalProfile | TimeProfile;

/** How strongly two columns go together. */
export interface Association {
  readonly columns: readonly [string, string];
  /**
   * `pearson`: -1 to 1, between numbers, over rows that have both. `cramers-v`: 0 to 1, between categories (Cramér
   * 1946, without correction for bias). `correlation-ratio`: 0 to 1, the share of a number's variance between the
   * classes (eta squared).
   */
  readonly measure: 'pearson' | 'cramers-v' | 'correlation-ratio';
  readonly value: number;
}

/** What `report.json` of a profile holds. */
export interface Profile {
  readonly format: 'trainyard.profile/1';
  readonly rows: number;
  readonly duplicates: number;
  readonly label: string | null;
  readonly classes: readonly { readonly name: string; readonly rows: number }[];
  readonly columns: readonly ColumnProfile[];
  /** Between features, in the order of the columns. */
  readonly associations: readonly Association[];
  /** Of each feature with the label, strongest first. */
  readonly withLabel: readonly Association[];
  readonly warnings: readonly Warning[];
}

export function kindOf({ type }: Column): ColumnProfile['kind'] {
  if (type === 'number' || type === 'integer') return 'numeric';
  return type === 'text' || type === 'boolean' ? 'categorical' : 'time';
}
