/**
 * A set of items, given by their places from 0. The next member from any place on is found in a few steps, however many
 * are left out before it: each level holds a bit for each word of the level below that is not empty.
 */
export class ItemSet {
  readonly #levels: readonly Uint32Array[];

  private constructor(levels: readonly Uint32Array[]) {
    this.#levels = levels;
  }

  /** All of `items` items. */
  static full(items: number): ItemSet {
    const levels: Uint32Array[] = [];
    for (let size = items; ;) {
      const words = new Uint32Array(Math.max(1, Math.ceil(size / BITS))).fill(ALL);
      // Of the last word only the bits that stand for something; without items there are none.
      const rest = size % BITS;
      if (rest !== 0 || size === 0) words[words.length - 1] = 2 ** rest - 1;
      levels.push(words);
      if (words.length === 1) return new ItemSet(levels);
      size = words.length;
    }
  }

  copy(): ItemSet {
    return new ItemSet(this.#levels.map((words) => words.slice()));
  }

  has(item: number): boolean {
    return ((this.#levels[0]?.[item >>> SHIFT] ?? 0) & (1 << (item % BITS))) !== 0;
  }

  add(item: number): void {
    let at = item;
    for (const words of this.#levels) {
      words[at >>> SHIFT]! |= 1 << (at % BITS);
      at >>>= SHIFT;
    }
  }

  delete(item: number): void {
    let at = item;
    for (const words of this.#levels) {
      words[at >>> SHIFT]! &= ~(1 << (at % BITS));
      at >>>= SHIFT;
      if (words[at] !== 0) return;
    }
  }

  /** The first member at or behind a place, -1 when there is none. */
  next(from: number): number {
    let at = from;
    for (let level = 0; level < this.#levels.length; level++) {
      const words = this.#levels[level]!;
      const index = at >>> SHIFT;
      if (index >= words.length) return -1;
      const rest = words[index]! & (ALL << (at % BITS));
      if (rest !== 0) return this.#down(level, index * BITS + lowest(rest));
      at = index + 1;
    }
    return -1;
  }

  /** The first member below a bit of a level. */
  #down(level: number, bit: number): number {
    let at = bit;
    for (let below = level - 1; below >= 0; below--) at = at * BITS + lowest(this.#levels[below]![at]!);
    return at;
  }
}

const SHIFT = 5;
const BITS = 1 << SHIFT;
const ALL = 0xffff_ffff;

/** The place of the lowest bit that is set. */
function lowest(word: number): number {
  return BITS - 1 - Math.clz32(word & -word);
}
