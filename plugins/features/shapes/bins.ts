import { z } from 'zod';
import { EDGES } from './edges/index.js';
import type { EdgesName } from './edges/index.js';
import { shapeOf } from './contract.js';
import { sayNumber } from './scaling.js';

const names = Object.keys(EDGES) as [EdgesName, ...EdgesName[]];

/** By the bin that a value falls into, which needs no scale. */
export const bins = shapeOf({
  schema: z.strictObject({
    by: z.literal('bins'),
    of: z
      .enum(names)
      .default('equal frequency')
      .describe('bins of the same width, of about as many rows, or as a tree on the label divides the values'),
    bins: z.int().min(2).max(256).default(5).describe('the most bins'),
    gives: z.enum(['one-hot', 'index']).default('one-hot').describe('one feature a bin, or its number from 0'),
  }),
  needsLabel: ({ of }) => EDGES[of].needsLabel,
  async fit({ of, bins: most, gives }, column) {
    const edges = await EDGES[of].find(most, column);
    const missing = column.limits.missing > 0 || column.spec.indicator ? 'bin' : 'none';
    return {
      step: { kind: 'bins', column: column.spec.column, edges, gives, missing },
      how: `bins of ${of === 'tree' ? 'a tree' : of}`,
      learnt: edges.length === 0 ? 'one bin' : `edges at ${edges.map(sayNumber).join(', ')}`,
    };
  },
});
