import { z } from 'zod';
import type { Scored } from './contract.js';

/** What most selections are told: how many stay, or how much they must score. */
export const bounds = {
  most: z.int().min(1).optional().describe('as many features as score highest; of equal ones the first'),
  above: z.number().optional().describe('features that score more than this'),
};

/** Those that score highest, or more than asked; all where neither is said. */
export function best(
  scored: readonly Omit<Scored, 'kept'>[],
  { most, above }: { readonly most?: number | undefined; readonly above?: number | undefined },
): Scored[] {
  const order = [...scored.keys()].sort((a, b) => scored[b]!.score - scored[a]!.score || a - b);
  const first = new Set(most === undefined ? order : order.slice(0, most));
  return scored.map((one, i) => ({ ...one, kept: first.has(i) && (above === undefined || one.score > above) }));
}
