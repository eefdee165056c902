import { sql, type Sql } from '@trainyard/tables';
import type { Measurement } from '../../measure/index.js';
import { presentOf } from '../../profile.js';
import type { Both } from '../comparison.js';
import type { Pair } from './pair.js';

/** What of a column has an order: its numbers, its times in milliseconds since 1970, or the lengths of its texts. */
export interface InOrder {
  readonly x: Sql;
  readonly of: 'values' | 'lengths';
  /** Values, and their limits where there are any. */
  readonly present: number;
  readonly min: number | null;
  readonly max: number | null;
}

/** Of both sides, where both have it; `undefined` for categories, and for columns that are not alike. */
export function inOrder({ sides: [a, b] }: Pair): Both<InOrder> | undefined {
  if (!a || !b || a.column.kind !== b.column.kind) return undefined;
  if (a.column.kind === 'categorical') return isText(a) || isText(b) ? [lengths(a), lengths(b)] : undefined;
  return [values(a), values(b)];
}

function isText({ column }: Measurement): boolean {
  return column.kind === 'categorical' && column.text !== undefined;
}

function lengths({ field, column }: Measurement): InOrder {
  const present = presentOf(column);
  const [min, max] = column.kind === 'categorical' && present > 0 ? column.length : [null, null];
  return { x: sql`length(${field.cell}::VARCHAR)::DOUBLE`, of: 'lengths', present, min, max };
}

function values({ field, column }: Measurement): InOrder {
  const x = field.x ?? sql`NULL::DOUBLE`;
  const present = presentOf(column);
  const one = { x, of: 'values', present } as const;
  if (present === 0 || column.kind === 'categorical') return { ...one, min: null, max: null };
  if (column.kind === 'numeric') return { ...one, min: column.min, max: column.max };
  return { ...one, min: Date.parse(column.min ?? ''), max: Date.parse(column.max ?? '') };
}
