import { z } from 'zod';
import type { Encoder } from './contract.js';
import { frequency } from './frequency.js';
import { oneHot } from './one-hot.js';
import { ordinal } from './ordinal.js';
import { target } from './target.js';

/** How categories may become numbers, in the order of the documentation. One more is a file here and two lines below. */
const ENCODERS: readonly Encoder[] = [oneHot, ordinal, frequency, target];

const whole = z.discriminatedUnion('by', [oneHot.schema, ordinal.schema, frequency.schema, target.schema]);

const names = ['one-hot', 'ordinal', 'frequency', 'target'] as const;

/** An encoder by name alone has the defaults. */
export const encode = z.union([z.enum(names).transform((by) => whole.parse({ by })), whole]);

export function encoderNamed(by: string): Encoder {
  return ENCODERS.find(({ schema }) => (schema.shape['by'] as z.ZodLiteral<string>).value === by)!;
}
