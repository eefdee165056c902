import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { feedOf, type Feed } from './feed.js';
import { heldUpTo, type HeldFeatures } from './held.js';
import { cutOf, windowsOf } from './windows.js';

const folder = mkdtempSync(join(tmpdir(), 'feed-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A table whose features say which row they are of. */
async function table(rows: number, width: number, most: number): Promise<HeldFeatures> {
  const keeper = await heldUpTo(most, folder, `${rows}-${width}`)(rows, width);
  for (let from = 0; from < rows; from += 100) {
    const count = Math.min(100, rows - from);
    await keeper.add(
      Float64Array.from({ length: count * width }, (_, i) => from + Math.floor(i / width) + (i % width) / 8),
    );
  }
  return keeper.held();
}

/** All rows of an epoch, in pieces of a size. */
async function epochOf(feed: Feed, epoch: number, rows: number, size: number): Promise<number[]> {
  const all: number[] = [];
  for (let from = 0; from < rows; from += size) {
    const taken = await feed.take(epoch, from, Math.min(rows, from + size));
    taken.rows.forEach((row, i) => {
      expect([...taken.features.subarray(i * 3, (i + 1) * 3)]).toEqual([row, row + 0.125, row + 0.25]);
      all.push(row);
    });
  }
  return all;
}

describe('features of a table', () => {
  test('are in a file above a number of numbers, and are the same either way', async () => {
    const inMemory = await table(250, 3, 750);
    const streamed = await table(250, 3, 749);
    expect([inMemory.streamed, streamed.streamed]).toEqual([false, true]);
    expect(statSync(join(folder, '250-3.features')).size).toBe(250 * 3 * 8);
    for (const [from, to] of [
      [0, 250],
      [17, 18],
      [99, 201],
      [250, 250],
    ] as const) {
      expect(streamed.slice(from, to)).toEqual(inMemory.slice(from, to));
      const into = new Float64Array((to - from) * 3);
      await streamed.read(from, to, into);
      expect(into).toEqual(new Float64Array(inMemory.slice(from, to)));
    }
  });
});

describe('streamed rows', () => {
  const rows = 1003;
  // 64 rows of 3 features, in 16 blocks of 4 rows.
  const window = 64 * 3;

  test('come each once an epoch, whatever the size of the pieces, and in another order in each', async () => {
    const features = await table(rows, 3, 0);
    const orders = [];
    for (const epoch of [1, 2]) {
      const whole = await epochOf(feedOf(features, 7, window), epoch, rows, 10);
      expect([...whole].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
      for (const size of [1, 64, 100, 500, rows])
        expect(await epochOf(feedOf(features, 7, window), epoch, rows, size)).toEqual(whole);
      orders.push(whole);
    }
    expect(orders[1]).not.toEqual(orders[0]);
    expect(await epochOf(feedOf(features, 8, window), 1, rows, 64)).not.toEqual(orders[0]);
  });

  test('go on at any place as if they had come from the start', async () => {
    const features = await table(rows, 3, 0);
    const whole = await epochOf(feedOf(features, 7, window), 3, rows, 50);
    for (const from of [1, 63, 64, 65, 500, 1002]) {
      const taken = await feedOf(features, 7, window).take(3, from, Math.min(rows, from + 40));
      expect([...taken.rows]).toEqual(whole.slice(from, from + 40));
    }
  });

  test('of one window have the order of rows in memory', async () => {
    const [streamed, held] = [await table(rows, 3, 0), await table(rows, 3, Infinity)];
    for (const epoch of [1, 2])
      expect(await epochOf(feedOf(streamed, 7, rows * 3), epoch, rows, 32)).toEqual(
        await epochOf(feedOf(held, 7, 1), epoch, rows, 32),
      );
  });

  test('are shuffled within windows of 16 blocks, which are drawn from everywhere', () => {
    const cut = cutOf(rows, 3, window);
    expect(cut).toEqual({ block: 4, together: 16 });
    const windows = windowsOf(rows, cut, 7, 1);
    expect(windows.flatMap(({ blocks }) => blocks).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 251 }, (_, i) => i),
    );
    expect(windows.map(({ blocks }) => blocks.length)).toEqual([...Array.from({ length: 15 }, () => 16), 11]);
    // A window spans the table: from its first tenth to its last.
    for (const { blocks } of windows.slice(0, 15))
      expect(Math.max(...blocks) - Math.min(...blocks)).toBeGreaterThan(125);
  });

  test('have at most three windows in memory, however many epochs are taken', async () => {
    const features = await table(rows, 3, 0);
    const seen = new Set<ArrayBufferLike>();
    const counted: HeldFeatures = {
      ...features,
      read: (from, to, into) => {
        seen.add(into.buffer);
        return features.read(from, to, into);
      },
    };
    const feed = feedOf(counted, 7, window);
    for (const epoch of [1, 2, 3, 4]) await epochOf(feed, epoch, rows, 10);
    expect(seen.size).toBeLessThanOrEqual(3);
    for (const { byteLength } of seen) expect(byteLength).toBe(window * 8);
  });

  test('that cannot be read are told to whoever takes them', async () => {
    const broken: HeldFeatures = {
      ...(await table(rows, 3, 0)),
      read: () => Promise.reject(new Error('the disk is gone')),
    };
    await expect(feedOf(broken, 7, window).take(1, 0, 10)).rejects.toThrow('the disk is gone');
  });
});
