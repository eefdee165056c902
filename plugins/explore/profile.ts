import type { Column, ColumnType } from '@trainyard/tables';
import type { Warning } from './contract.js';

/** Equal-width bins: bin i goes from `from + i * width` to the next; the last includes its end. */
export interface Histogram {
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** A value below which this share of the values lies; interpolated linearly between ranks (Hyndman and Fan's type 7). */
export interface Quantile {
  readonly share: number;
  readonly value: number;
}

/** Tukey's box plot: the whiskers end at the last values within 1.5 times the box from it; what lies beyond is counted. */
export interface BoxPlot {
  readonly low: number;
  readonly first: number;
  readonly median: number;
  readonly third: number;
  readonly high: number;
  readonly below: number;
  readonly above: number;
}

interface AnyColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly rows: number;
  readonly missing: number;
  /** Distinct values: missing ones, NaN and infinite ones aside. */
  readonly distinct: number;
}

/** A column of numbers. Statistics are of its finite values. */
export interface NumericProfile extends AnyColumn {
  readonly kind: 'numeric';
  /** Cells that are no number, and infinite ones of either sign. */
  readonly nan: number;
  readonly infinite: number;
  readonly zeros: number;
  readonly negative: number;
  readonly mean: number;
  /** Of the sample (n - 1). */
  readonly deviation: number;
  /** Adjusted Fisher–Pearson coefficient; 0 where it is not defined. */
  readonly skewness: number;
  /** Adjusted excess kurtosis, G2; 0 where it is not defined. */
  readonly kurtosis: number;
  readonly min: number;
  readonly quartiles: readonly [number, number, number];
  readonly quantiles: readonly Quantile[];
  readonly max: number;
  readonly box: BoxPlot;
  readonly histogram: Histogram;
}

export interface Valued {
  readonly value: string;
  readonly rows: number;
}

/** What stands in a column of sentences. */
export interface TextProfile {
  /** Characters of a value. */
  readonly lengths: Histogram;
  readonly meanLength: number;
  readonly meanWords: number;
  /**
   * Words by rows · ln(all rows / rows): frequent, and not in every text. In lower case, of three letters or more.
   */
  readonly keywords: readonly { readonly word: string; readonly rows: number; readonly score: number }[];
}

/** A picture of a contact sheet: an address that holds the image itself, and the row's label. */
export interface Picture {
  readonly source: string;
  readonly label: string | null;
}

/** What stands in a column of images (PNG, JPEG, GIF, WebP) in base 64. */
export interface ImageProfile {
  readonly formats: readonly Valued[];
  /** How many bytes an image has. */
  readonly bytes: Histogram;
  /** Width × height in pixels, the most frequent, where columns `width` and `height` say them. */
  readonly sizes: readonly Valued[];
  /** Drawn at random, in the order of the rows; images that are too large for a page are left out. */
  readonly sheet: { readonly seed: number; readonly pictures: readonly Picture[] };
}

/** A column of text or booleans. */
export interface CategoricalProfile extends AnyColumn {
  readonly kind: 'categorical';
  /** The most frequent values, by falling count, then by value. */
  readonly top: readonly Valued[];
  /** Values that differ in case or white space alone; looked for where there are at most 1,000 values. */
  readonly spellings: readonly (readonly string[])[];
  /** Characters of the shortest and longest value. */
  readonly length: readonly [number, number];
  /** Rows whose text is empty, or white space alone. */
  readonly blank: number;
  /** Where values are sentences rather than names. */
  readonly text?: TextProfile;
  /** Where values are images: then neither `top` nor `spellings` lists any, and `length` is in bytes. */
  readonly images?: ImageProfile;
}

/** What of the time from the first to the last value has rows, in periods of one unit. */
export interface Coverage {
  readonly unit: 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
  /** Periods from the first to the last, and those with a row. */
  readonly periods: number;
  readonly covered: number;
  /** The longest run of periods without a row, or `null` where there is none. */
  readonly gap: { readonly from: string; readonly to: string; readonly periods: number } | null;
}

/** A column of dates or times; the histogram is in milliseconds since 1970. */
export interface TimeProfile extends AnyColumn {
  readonly kind: 'time';
  readonly min: string | null;
  readonly max: string | null;
  readonly histogram: Histogram;
  readonly coverage: Coverage | null;
  /** Rows from Monday to Sunday, and by hour of the day (UTC; of timestamps alone). */
  readonly weekdays: readonly number[];
  readonly hours: readonly number[];
}

export type ColumnProfile = NumericProfile | CategoricalProfile | TimeProfile;

/** How strongly two columns go together. */
export interface Association {
  readonly columns: readonly [string, string];
  /**
   * `pearson`, `spearman`: -1 to 1, between numbers, over rows that have both; ranks are taken once for each column.
   * `cramers-v`: 0 to 1, between categories (Cramér 1946, without correction for bias). `correlation-ratio`: 0 to 1, the
   * share of a number's variance between the classes (eta squared). `mutual-information`: from 0 up, in nats, between
   * any two; numbers and times count by sixteen parts of as many rows each.
   */
  readonly measure: 'pearson' | 'spearman' | 'cramers-v' | 'correlation-ratio' | 'mutual-information';
  readonly value: number;
}

/** The rows that have a value of a feature, or one within two limits, and what their label is. */
export interface TargetPart {
  readonly name: string;
  readonly rows: number;
  /** Rows of each class, in the order of `classes`; of a label that is a number, its quartiles instead. */
  readonly classes?: readonly number[];
  readonly quartiles?: readonly [number, number, number];
}

/** The label by the values of a feature. */
export interface TargetByFeature {
  readonly column: string;
  readonly parts: readonly TargetPart[];
  /** Of a feature that is a number, by class of the label. */
  readonly boxes?: readonly (BoxPlot & { readonly name: string; readonly rows: number })[];
}

/** Points of rows that were drawn at random, for a look. */
export interface Scatter {
  readonly columns: readonly [string, string];
  readonly points: readonly { readonly x: number; readonly y: number; readonly class?: number }[];
}

/** What `report.json` of a profile holds. */
export interface Profile {
  readonly format: 'trainyard.profile/2';
  readonly rows: number;
  readonly duplicates: number;
  readonly label: string | null;
  readonly classes: readonly { readonly name: string; readonly rows: number }[];
  readonly columns: readonly ColumnProfile[];
  /** Between features, in the order of the columns. */
  readonly associations: readonly Association[];
  /** Of each feature with the label, strongest first within a measure. */
  readonly withLabel: readonly Association[];
  readonly target: readonly TargetByFeature[];
  readonly scatter: { readonly rows: number; readonly seed: number; readonly pairs: readonly Scatter[] };
  /** Rows that equal another in all columns but `column`, and stand in another part than it. */
  readonly parts: PartsProfile | null;
  /** What was left out, because there was too much of it. */
  readonly bounds: readonly string[];
  readonly warnings: readonly Warning[];
}

export interface PartsProfile {
  readonly column: string;
  readonly rows: readonly Valued[];
  readonly shared: number;
}

/** A profile before anyone has looked at it. */
export type Measured = Omit<Profile, 'warnings'>;

export function kindOf({ type }: Pick<Column, 'type'>): ColumnProfile['kind'] {
  if (type === 'number' || type === 'integer') return 'numeric';
  return type === 'text' || type === 'boolean' ? 'categorical' : 'time';
}

/** Values that statistics are of: neither missing, nor NaN, nor infinite. */
export function presentOf(column: ColumnProfile): number {
  const present = column.rows - column.missing;
  return column.kind === 'numeric' ? present - column.nan - column.infinite : present;
}
