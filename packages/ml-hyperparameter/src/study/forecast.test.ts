import { expect, it } from 'vitest';
import { float } from '../space/index.js';
import { Domain } from '../space/index.js';
import { generator } from '../random.js';
import { Forecaster } from './forecast.js';
import type { Observation } from './trial.js';

const domain = new Domain({ x: float(0, 1), y: float(0, 1) });

/** Falls to its end at a pace of its own, which no parameter tells. */
function trial(number: number, steps: number): Observation & { end: number } {
  const random = generator(9, number);
  const point = domain.draw(random);
  const end = (point[0] as number) ** 2;
  const pace = 2 + 6 * random.uniform();
  const at = (step: number): number => end + 2 * Math.exp(-step / pace) + 0.005 * random.normal();
  const curve = Array.from({ length: steps }, (_, i) => [i + 1, at(i + 1)] as const);
  const done = steps === 27;
  const losses = done ? [(curve[26] as readonly number[])[1] as number] : undefined;
  return { number, point, state: done ? 'complete' : 'running', losses, violation: 0, constraints: [], curve, end };
}

it('tells the end from where trials stand better than their last report does, and says how sure it is', () => {
  const forecaster = new Forecaster(
    domain,
    Array.from({ length: 60 }, (_, i) => trial(i, 27)),
  );
  const judged = Array.from({ length: 200 }, (_, i) => trial(1000 + i, 9));
  let within = 0;
  let missed = 0;
  let left = 0;
  for (const t of judged) {
    const { mean, spread } = forecaster.of(t) as { mean: number; spread: number };
    const full = trial(t.number, 27);
    const truth = full.losses?.[0] as number;
    if (Math.abs(mean - truth) < 2 * spread) within++;
    missed += Math.abs(mean - truth);
    left += (t.curve[8] as readonly number[])[1]! - truth;
  }
  expect(missed).toBeLessThan(0.25 * left);
  expect(within / judged.length).toBeGreaterThan(0.9);
  expect(within / judged.length).toBeLessThan(1);
});

it('says nothing before three trials are complete, nor of a trial that reported no number', () => {
  const few = new Forecaster(domain, [trial(0, 27), trial(1, 27), trial(2, 9)]);
  expect(few.of(trial(3, 9))).toBeUndefined();
  const enough = new Forecaster(domain, [trial(0, 27), trial(1, 27), trial(2, 27)]);
  expect(enough.of(trial(3, 9))).toBeDefined();
  expect(enough.of({ ...trial(3, 9), curve: [[1, Infinity]] })).toBeUndefined();
});
