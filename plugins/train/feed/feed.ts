import { randomFrom, shuffled } from '@trainyard/numeric';
import { PURPOSE } from '../net/shape.js';
import type { HeldFeatures } from './held.js';
import { cutOf, orderWithin, windowsOf, type Cut, type Window } from './windows.js';

/** Rows in the order of an epoch. */
export interface TakenRows {
  /** Their numbers in the table. */
  readonly rows: Int32Array;
  /** Their features, `[rows, width]`. */
  readonly features: Float32Array;
}

/** Hands out training rows. Their order follows from seed and epoch alone, so that a training may be taken up anywhere. */
export interface Feed {
  /** Rows at the places `[from, to)` of the epoch's order; the epoch is counted from 1. */
  take(epoch: number, from: number, to: number): Promise<TakenRows>;
}

/** `window` is how many numbers (rows × features) are in memory together, and shuffled, where features are streamed. */
export function feedOf(features: HeldFeatures, seed: number, window: number): Feed {
  return features.streamed ? new StreamedFeed(features, seed, window) : feedFromMemory(features, seed);
}

/** Every order of all rows is as likely as any other. */
function feedFromMemory(features: HeldFeatures, seed: number): Feed {
  const { rows, width } = features;
  const all = features.slice(0, rows);
  let now: { readonly epoch: number; readonly order: Int32Array } | undefined;
  return {
    take: async (epoch, from, to) => {
      if (now?.epoch !== epoch) now = { epoch, order: shuffled(rows, randomFrom(seed, PURPOSE.order, epoch)) };
      const taken = now.order.subarray(from, to);
      const given = new Float32Array(taken.length * width);
      taken.forEach((row, i) => given.set(all.subarray(row * width, (row + 1) * width), i * width));
      return { rows: taken, features: given };
    },
  };
}

interface Loaded {
  readonly epoch: number;
  readonly at: number;
  readonly window: Window;
  readonly order: Int32Array;
  readonly numbers: Float64Array;
  readonly whole: Promise<void>;
}

/** One window is trained on while the next is read: two are in memory, three where a batch lies across a border. */
class StreamedFeed implements Feed {
  readonly #cut: Cut;
  readonly #windows = new Map<number, Window[]>();
  readonly #spare: Float64Array[] = [];
  #loaded: Loaded[] = [];

  constructor(
    private readonly features: HeldFeatures,
    private readonly seed: number,
    window: number,
  ) {
    this.#cut = cutOf(features.rows, features.width, window);
  }

  async take(epoch: number, from: number, to: number): Promise<TakenRows> {
    const windows = this.#windowsOf(epoch);
    const first = windows.findIndex((window) => from < window.first + window.rows);
    const last = windows.findIndex((window) => to <= window.first + window.rows);
    const needed = windows.slice(first, last + 1).map((_, i) => [epoch, first + i] as const);
    const next = last + 1 < windows.length ? ([epoch, last + 1] as const) : ([epoch + 1, 0] as const);
    this.#keepOnly([...needed, next]);
    const held = needed.map((one) => this.#load(...one));
    await Promise.all(held.map(({ whole }) => whole));
    this.#load(...next);

    const { block } = this.#cut;
    const { width } = this.features;
    const rows = new Int32Array(to - from);
    const features = new Float32Array(rows.length * width);
    let i = 0;
    for (const { window, order, numbers } of held) {
      const end = Math.min(to, window.first + window.rows);
      for (let place = from + i; place < end; place++, i++) {
        const within = order[place - window.first]!;
        rows[i] = window.blocks[Math.floor(within / block)]! * block + (within % block);
        features.set(numbers.subarray(within * width, (within + 1) * width), i * width);
      }
    }
    return { rows, features };
  }

  #windowsOf(epoch: number): Window[] {
    const known = this.#windows.get(epoch) ?? windowsOf(this.features.rows, this.#cut, this.seed, epoch);
    this.#windows.set(epoch, known);
    for (const other of this.#windows.keys()) if (other < epoch) this.#windows.delete(other);
    return known;
  }

  #keepOnly(wanted: readonly (readonly [epoch: number, at: number])[]): void {
    const isWanted = (one: Loaded): boolean => wanted.some(([epoch, at]) => one.epoch === epoch && one.at === at);
    for (const { whole, numbers } of this.#loaded.filter((one) => !isWanted(one)))
      void whole.finally(() => this.#spare.push(numbers)).catch(() => undefined);
    this.#loaded = this.#loaded.filter(isWanted);
  }

  #load(epoch: number, at: number): Loaded {
    const known = this.#loaded.find((one) => one.epoch === epoch && one.at === at);
    if (known) return known;
    const windows = this.#windowsOf(epoch);
    const window = windows[at]!;
    const { block, together } = this.#cut;
    const numbers = this.#spare.pop() ?? new Float64Array(together * block * this.features.width);
    const whole = this.#read(window, numbers);
    // Who takes its rows is told; until then a failure is nobody's.
    whole.catch(() => undefined);
    const loaded = { epoch, at, window, order: orderWithin(windows, at, this.seed, epoch), numbers, whole };
    this.#loaded.push(loaded);
    return loaded;
  }

  async #read({ blocks }: Window, into: Float64Array): Promise<void> {
    const { block } = this.#cut;
    const { rows, width } = this.features;
    for (const [slot, one] of blocks.entries())
      await this.features.read(one * block, Math.min(rows, (one + 1) * block), into.subarray(slot * block * width));
  }
}
