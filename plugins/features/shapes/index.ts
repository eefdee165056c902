import { z } from 'zod';
import { bins } from './bins.js';
import { boxCox } from './box-cox.js';
import type { Shape } from './contract.js';
import { log } from './log.js';
import { plain } from './plain.js';
import { quantile } from './quantile.js';
import { yeoJohnson } from './yeo-johnson.js';

/** What may be done to numbers, in the order of the documentation. One more is a file here and two lines below. */
const SHAPES: readonly Shape[] = [plain, log, boxCox, yeoJohnson, quantile, bins];

const whole = z.discriminatedUnion('by', [
  plain.schema,
  log.schema,
  boxCox.schema,
  yeoJohnson.schema,
  quantile.schema,
  bins.schema,
]);

const names = ['none', 'log', 'box-cox', 'yeo-johnson', 'quantile', 'bins'] as const;

/** A shape by name alone has the defaults. */
export const shape = z.union([z.enum(names).transform((by) => whole.parse({ by })), whole]);
export type ShapeSpec = z.output<typeof shape>;

export function shapeNamed(by: string): Shape {
  return SHAPES.find(({ schema }) => (schema.shape['by'] as z.ZodLiteral<string>).value === by)!;
}
