import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { AnyConfiguration } from 'ml-hyperparameter';
import { curve, curveKinds, problems } from './problems.js';

interface Checks {
  readonly problems: Record<
    string,
    { at: AnyConfiguration; value?: number; epochs?: Record<string, Record<string, number>> }[]
  >;
}
const checks = JSON.parse(readFileSync(new URL('./data/check-values.json', import.meta.url), 'utf8')) as Checks;

it.each(Object.keys(problems))('%s agrees with its check values to 1e-9', (name) => {
  const points = checks.problems[name] ?? [];
  expect(points).toHaveLength(20);
  for (const { at, value } of points) {
    const error = Math.abs((problems[name]?.loss(at) as number) - (value as number));
    expect(error).toBeLessThan(1e-9 * Math.max(1, Math.abs(value as number)));
  }
});

it('the learning curves agree with their check values to 1e-9', () => {
  for (const { at, epochs } of checks.problems['curve'] ?? []) {
    for (const kind of Object.keys(curveKinds) as (keyof typeof curveKinds)[]) {
      for (const [epoch, value] of Object.entries(epochs?.[kind] ?? {})) {
        expect(Math.abs(curve(at, Number(epoch), kind) - value)).toBeLessThan(1e-9);
      }
    }
  }
});
