/**
 * The seeded generator. Every trial draws from a stream of its own, named by the study's seed and the trial's number,
 * so a suggestion depends on what the study knows and never on how often something was asked before.
 */
import { quantile } from './numeric/normal.js';

/** A source of random numbers; equal seeds and streams give equal numbers on every platform. */
export interface Generator {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
  /** Standard normal. */
  normal(): number;
  /** Shuffles in place, and gives the array back. */
  shuffle<T>(items: T[]): T[];
  /** An index drawn with the given weights (not all zero). */
  weighted(weights: ArrayLike<number>): number;
}

function mix(h: number, word: number): number {
  h = Math.imul(h ^ word, 0x9e3779b1);
  h ^= h >>> 15;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A 32-bit hash of a seed and the words that name a stream. */
export function hashWords(seed: number, ...words: readonly (number | string)[]): number {
  let h = mix(mix(0x2545f491, seed >>> 0), Math.floor(seed / 4294967296) >>> 0);
  for (const word of words) {
    if (typeof word === 'number') h = mix(h, word >>> 0);
    else for (let i = 0; i < word.length; i++) h = mix(h, word.charCodeAt(i) + 0x10000);
  }
  return h;
}

/**
 * A generator for the stream that `words` name under `seed` (a whole number from 0 to 2^53 − 1).
 * Source: sfc32 of PractRand (C. Doty-Humphrey), state set up by the finaliser of MurmurHash3.
 */
export function generator(seed: number, ...words: readonly (number | string)[]): Generator {
  let a = hashWords(seed, 1, ...words);
  let b = hashWords(seed, 2, ...words);
  let c = hashWords(seed, 3, ...words);
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) next();
  const uniform = (): number => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  const below = (n: number): number => Math.floor(uniform() * n);
  return {
    uniform,
    below,
    normal: () => quantile((Math.floor(uniform() * 4503599627370496) + 0.5) / 4503599627370496),
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const kept = items[i] as (typeof items)[number];
        items[i] = items[j] as (typeof items)[number];
        items[j] = kept;
      }
      return items;
    },
    weighted: (weights) => {
      let total = 0;
      for (let i = 0; i < weights.length; i++) total += weights[i] as number;
      let left = uniform() * total;
      for (let i = 0; i < weights.length; i++) {
        left -= weights[i] as number;
        if (left < 0) return i;
      }
      return weights.length - 1;
    },
  };
}
