import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectAtRest } from './idle-memory.js';

const compute = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

test('a process at rest gives its memory back twice, and again after it was busy', async () => {
  let collected = 0;
  const end = collectAtRest(200, () => void (collected += 1));
  try {
    while (collected < 2) await sleep(50);
    await sleep(800);
    expect(collected).toBe(2);
    compute(400);
    while (collected < 4) await sleep(50);
    await sleep(600);
    expect(collected).toBe(4);
  } finally {
    end();
  }
});

test('what is collected at rest is garbage, without a flag of Node', async () => {
  const garbage = ((): WeakRef<object> => new WeakRef({ of: 'nobody' }))();
  const end = collectAtRest(100);
  try {
    for (let waited = 0; garbage.deref() && waited < 100; waited += 1) await sleep(100);
    expect(garbage.deref()).toBeUndefined();
  } finally {
    end();
  }
});
