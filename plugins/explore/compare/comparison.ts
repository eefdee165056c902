import type { ColumnDrift } from '@trainyard/drift';
import type { Warning } from '../contract.js';
import type { ColumnProfile, Valued } from '../profile.js';

/** Something of the reference, and the same of the table. */
export type Both<T> = readonly [reference: T, table: T];

/** How far a column has moved from the reference. */
export interface Moved extends Omit<ColumnDrift, 'column' | 'of' | 'says'> {
  /** Values, the lengths of texts in characters, or the share that is missing. */
  readonly of: 'values' | 'lengths' | 'missing';
}

/** Values of a column that only one side has. */
export interface OnlyThere {
  readonly values: number;
  readonly rows: number;
  /** The most frequent of them, by falling count, then by value. */
  readonly top: readonly Valued[];
}

export interface ComparedColumn {
  readonly name: string;
  /** `null` on the side that lacks the column. */
  readonly profiles: Both<ColumnProfile | null>;
  /** Of what has an order, and of the lengths of texts: bins of equal width over the range of both. */
  readonly bins: { readonly from: number; readonly width: number; readonly counts: Both<readonly number[]> } | null;
  /** Rows of the table below the reference's smallest value, and above its largest. */
  readonly beyond: { readonly below: number; readonly above: number } | null;
  /** The most frequent values of both sides, and the rows that have them. */
  readonly values: readonly { readonly value: string; readonly rows: Both<number> }[];
  /** Values that only the reference has, and that only the table has; `null` for what has an order, and for texts. */
  readonly only: Both<OnlyThere> | null;
  /** Values in several spellings of which the reference has one, and the table another. */
  readonly spellings: readonly (readonly string[])[];
  readonly moved: readonly Moved[];
}

/** What `report.json` of a comparison holds: two tables side by side, the reference first everywhere. */
export interface Comparison {
  readonly format: 'trainyard.comparison/1';
  readonly names: Both<string>;
  readonly rows: Both<number>;
  readonly label: string | null;
  /** In the order of the reference, then what the table alone has. */
  readonly columns: readonly ComparedColumn[];
  /** Columns by which rows were compared, and the rows of the table that equal one of the reference in all of them. */
  readonly shared: { readonly columns: readonly string[]; readonly rows: number };
  readonly alpha: number;
  readonly minEffect: number;
  readonly warnings: readonly Warning[];
}

/** A comparison before anyone has looked at it. */
export type Compared = Omit<Comparison, 'warnings'>;

/** Whether both sides have a column, with values of one kind. */
export function alike({ profiles: [a, b] }: ComparedColumn): boolean {
  return a !== null && b !== null && a.kind === b.kind;
}
