import { applyTransform, type TransformStep } from '@trainyard/transforms';
import { z } from 'zod';
import { quantilesWithin } from '../numbers.js';
import { shapeOf } from './contract.js';

/** By the share of training rows below, which needs no scale. */
export const quantile = shapeOf({
  schema: z.strictObject({
    by: z.literal('quantile'),
    gives: z
      .enum(['uniform', 'normal'])
      .default('uniform')
      .describe('shares from 0 to 1, or the normal quantiles of them'),
    quantiles: z.int().min(2).max(1000).default(100).describe('places that are kept; between them it is interpolated'),
  }),
  async fit({ gives, quantiles }, { alone, spec: { column, indicator }, x, limits, fill }) {
    const count = Math.max(2, Math.min(quantiles, limits.present));
    const shares = Array.from({ length: count }, (_, i) => i / (count - 1));
    const found = await quantilesWithin(alone, x, shares);
    const values = [...new Set(found)];
    const share = (at: number): number => shares[at]!;
    // A constant column has no second value: all but what lies above it is at 0.
    const known = values.length > 1 ? values : [values[0]!, nextTo(values[0]!)];
    const step: Extract<TransformStep, { kind: 'quantile' }> = {
      kind: 'quantile',
      column,
      values: known,
      below: known.map((value) => (found.includes(value) ? share(found.indexOf(value)) : 1)),
      upTo: known.map((value) => (found.includes(value) ? share(found.lastIndexOf(value)) : 1)),
      gives,
      fill: 0,
      indicator,
    };
    const of = applyTransform(
      { ...ALONE, steps: [{ ...step, gives: 'uniform', indicator: false }] },
      { [column]: fill },
    );
    return {
      step: { ...step, fill: of[0]! },
      how: `quantiles, ${gives}`,
      learnt: `${known.length} places from ${limits.min} to ${limits.max}`,
    };
  },
});

const ALONE = { format: 'trainyard.transform/3', rows: 0 } as const;

function nextTo(value: number): number {
  const next = value + Math.max(Math.abs(value) * Number.EPSILON, Number.MIN_VALUE);
  return Number.isFinite(next) ? next : Number.MAX_VALUE;
}
