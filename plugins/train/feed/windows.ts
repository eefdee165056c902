import { randomFrom, shuffled } from '@trainyard/numeric';
import { PURPOSE } from '../net/shape.js';

/** Blocks of a window. */
const BLOCKS = 16;

/** How a table is cut for streaming: blocks of rows as they follow each other, the last one shorter. */
export interface Cut {
  /** Rows of a block. */
  readonly block: number;
  /** Blocks that are in memory together. */
  readonly together: number;
}

/** A window holds so many numbers (rows × features), in 16 blocks. */
export function cutOf(rows: number, width: number, numbers: number): Cut {
  const window = Math.max(BLOCKS, Math.floor(numbers / Math.max(1, width)));
  return { block: Math.ceil(Math.min(window, rows) / BLOCKS), together: BLOCKS };
}

/** Some blocks in the order in which an epoch takes them, to be in memory together. */
export interface Window {
  /** Place of its first row in the epoch's order. */
  readonly first: number;
  readonly rows: number;
  readonly blocks: readonly number[];
}

/**
 * The windows of an epoch, counted from 1: all blocks in random order, each 16 of them a window; where they are one window, as they
 * follow each other. The shorter block stands last in its window. Follows from the seed and the epoch alone.
 */
export function windowsOf(rows: number, { block, together }: Cut, seed: number, epoch: number): Window[] {
  const count = Math.ceil(rows / block);
  const order = shuffled(count, randomFrom(seed, PURPOSE.blocks, epoch));
  if (count <= together) order.sort();
  const windows: Window[] = [];
  let first = 0;
  for (let at = 0; at < count; at += together) {
    const held = [...order.subarray(at, at + together)];
    const blocks = [...held.filter((one) => one !== count - 1), ...held.filter((one) => one === count - 1)];
    const size = blocks.reduce((sum, one) => sum + Math.min(block, rows - one * block), 0);
    windows.push({ first, rows: size, blocks });
    first += size;
  }
  return windows;
}

/**
 * The order in which an epoch takes the rows of a window: places in it, its blocks one after the other. A table of one window has the
 * order of a table in memory.
 */
export function orderWithin(windows: readonly Window[], at: number, seed: number, epoch: number): Int32Array {
  const words = windows.length === 1 ? [seed, PURPOSE.order, epoch] : [seed, PURPOSE.order, epoch, at];
  return shuffled(windows[at]!.rows, randomFrom(...words));
}
