import { z } from 'zod';
import { arithmetic } from './arithmetic.js';
import { calendar } from './calendar.js';
import type { Derivation } from './contract.js';
import { cross } from './cross.js';
import { elapsed } from './elapsed.js';
import { holiday } from './holiday.js';
import { keywords } from './keywords.js';
import { length } from './length.js';

/** Ways to make columns of others, in the order of the documentation. One more is a file here and two lines below. */
const DERIVATIONS: readonly Derivation[] = [calendar, holiday, elapsed, length, keywords, arithmetic, cross];

/** A column made of others. */
export const derivation = z.discriminatedUnion('kind', [
  calendar.schema,
  holiday.schema,
  elapsed.schema,
  length.schema,
  keywords.schema,
  arithmetic.schema,
  cross.schema,
]);

export type DerivationSpec = z.output<typeof derivation>;
export type DerivationInput = z.input<typeof derivation>;

export function derivationNamed(kind: string): Derivation {
  return DERIVATIONS.find(({ schema }) => (schema.shape['kind'] as z.ZodLiteral<string>).value === kind)!;
}
