import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wilson, type Confidence } from './index.js';

test("Wilson's interval is that of scipy", () => {
  const { cases } = JSON.parse(readFileSync(new URL('reference/wilson.json', import.meta.url), 'utf8')) as {
    cases: { k: number; n: number; confidence: Confidence; low: number; high: number }[];
  };
  for (const { k, n, confidence, low, high } of cases) {
    const [ours, above] = wilson(k, n, confidence);
    expect(Math.abs(ours - low) + Math.abs(above - high), `${k} of ${n} at ${confidence}`).toBeLessThan(1e-12);
  }
});

test('without trials a share may be anything', () => expect(wilson(0, 0)).toEqual([0, 1]));
