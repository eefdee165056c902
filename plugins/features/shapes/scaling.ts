import type { Sql } from '@trainyard/tables/sql';
import type { Figures } from '../figures.js';
import { limitsOf, momentsOf, quantilesWithin } from '../numbers.js';
import type { ScaleName } from './contract.js';

/** What is subtracted, and what is then divided by. */
export interface Centered {
  readonly center: number;
  readonly scale: number;
}

/** Each way to scale values of `x`, where `fill` stands in for missing ones. */
const SCALES: Readonly<
  Record<ScaleName, (figures: Figures, x: Sql, fill: number) => Promise<readonly [number, number]>>
> = {
  async standard(figures, x, fill) {
    const { mean, deviation } = await momentsOf(figures, x, fill);
    return [mean, deviation];
  },
  async 'min-max'(figures, x) {
    const { min, max } = await limitsOf(figures, x);
    return [min, max - min];
  },
  async robust(figures, x) {
    const [first = 0, median = 0, third = 0] = await quantilesWithin(figures, x, [0.25, 0.5, 0.75]);
    return [median, third - first];
  },
  async none() {
    return [0, 1];
  },
};

export async function scalingOf(figures: Figures, how: ScaleName, x: Sql, fill: number): Promise<Centered> {
  const [center, scale] = await SCALES[how](figures, x, fill);
  // A constant column has nothing to divide by; it becomes 0 where it is what it was. JSON has no -0.
  return { center: center + 0, scale: scale > 0 && Number.isFinite(scale) ? scale : 1 };
}

export function sayNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

export function sayScaling({ center, scale }: Centered): string {
  return `less ${sayNumber(center)}, divided by ${sayNumber(scale)}`;
}
