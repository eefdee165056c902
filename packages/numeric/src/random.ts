/** A seeded source of random numbers; the same seed words give the same numbers on every machine. */
export interface Random {
  /** 32 random bits, as an unsigned integer. */
  bits(): number;
  /** Uniform in [0, 1), a multiple of 2⁻³². */
  uniform(): number;
  /** Uniform integer in [0, below), without bias. `below` from 1 to 2³². */
  integer(below: number): number;
}

/**
 * xoshiro128** (Blackman and Vigna 2018, "Scrambled linear pseudorandom number generators"), its state filled by
 * SplitMix32 from the seed words. Streams for different purposes come from different words, such as
 * `randomFrom(seed, purpose, epoch)`, so no state needs to be saved: where one is in the work says which numbers follow.
 */
export function randomFrom(...words: readonly number[]): Random {
  let mixed = 0x9e3779b9;
  for (const word of words) mixed = finalise((mixed ^ (word >>> 0)) + 0x9e3779b9);
  const next = (): number => finalise((mixed = (mixed + 0x9e3779b9) | 0));
  let [a, b, c, d] = [next(), next(), next(), next() | 1];
  const bits = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return result;
  };
  const integer = (below: number): number => {
    const fair = 2 ** 32 - (2 ** 32 % below);
    let drawn = bits();
    while (drawn >= fair) drawn = bits();
    return drawn % below;
  };
  return { bits, integer, uniform: () => bits() / 2 ** 32 };
}

/** The integers 0 … n − 1 in random order (Fisher and Yates, as in Knuth's algorithm P). */
export function shuffled(n: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

const rotateLeft = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** The finaliser of MurmurHash3 (Appleby): every bit of the input moves every bit of the output. */
function finalise(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) | 0;
}
