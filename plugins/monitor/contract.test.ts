import { expect, test } from 'vitest';
import { endpoint } from './contract.js';

test('more than 50 retrainings within 30 days could be allowed, and a monitor, which remembers 50, never held to it', () => {
  const { params } = endpoint.spec;
  const taken = (most: number): boolean =>
    params.safeParse({ name: 'penguins', retrain: { pipeline: 'retrain', most } }).success;
  expect([0, 1, 50, 51].map(taken)).toEqual([false, true, true, false]);
});
