import { expect, test } from 'vitest';
import { Reloads } from './reloads.js';

/** A disk that is edited, and a taking up of it that lasts until it is let go. */
function setting() {
  const state = { disk: 'a', current: '', most: 0, going: 0 };
  const gates: (() => void)[] = [];
  const reloads = new Reloads(async (isLast) => {
    state.most = Math.max(state.most, ++state.going);
    const read = state.disk;
    await new Promise<void>((go) => gates.push(go));
    if (isLast()) state.current = read;
    state.going--;
  });
  const finishOne = async (): Promise<void> => {
    await expect.poll(() => gates.length).toBeGreaterThan(0);
    gates.shift()?.();
    await new Promise((turn) => setImmediate(turn));
  };
  return { state, reloads, finishOne, open: gates };
}

test('an undo during a reload wins: reloads go one after the other, and a former state is not made current', async () => {
  const { state, reloads, finishOne, open } = setting();
  state.disk = 'b';
  reloads.ask();
  state.disk = 'a';
  reloads.ask();
  await finishOne();
  expect(state.current).toBe('');
  await finishOne();
  expect(state).toMatchObject({ current: 'a', most: 1 });
  expect(open).toHaveLength(0);
});

test('a burst of edits during a reload is taken up once', async () => {
  const { state, reloads, finishOne, open } = setting();
  reloads.ask();
  for (const edit of ['b', 'c', 'd']) {
    state.disk = edit;
    reloads.ask();
  }
  await finishOne();
  await finishOne();
  expect(state).toMatchObject({ current: 'd', most: 1 });
  expect(open).toHaveLength(0);
});
