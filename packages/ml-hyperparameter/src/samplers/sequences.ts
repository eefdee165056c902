/** Sequences that fill a space more evenly than random draws: Sobol's, Halton's and Latin hypercubes. */
import { generator, hashWords } from '../random.js';
import type { Point } from '../space/index.js';
import type { Sampler, SamplerView } from './contract.js';
import { DIRECTIONS } from './sobol-directions.js';

/** Direction numbers of one dimension, 32 bits each. */
function directionsOf(dimension: number): Uint32Array {
  const v = new Uint32Array(32);
  if (dimension === 0) {
    for (let k = 0; k < 32; k++) v[k] = (1 << (31 - k)) >>> 0;
    return v;
  }
  const [polynomial, ...initial] = DIRECTIONS[dimension - 1] as readonly [number, ...number[]];
  const degree = initial.length;
  for (let k = 0; k < 32; k++) {
    if (k < degree) v[k] = ((initial[k] as number) << (31 - k)) >>> 0;
    else {
      let next = (v[k - degree] as number) ^ ((v[k - degree] as number) >>> degree);
      for (let j = 1; j < degree; j++) if (((polynomial >>> (degree - j)) & 1) === 1) next ^= v[k - j] as number;
      v[k] = next >>> 0;
    }
  }
  return v;
}

const tables = new Map<number, Uint32Array>();

/** Coordinate `dimension` (from 0, below 64) of Sobol's point `index`, unscrambled, as 32 bits. */
export function sobolBits(index: number, dimension: number): number {
  let v = tables.get(dimension);
  if (v === undefined) tables.set(dimension, (v = directionsOf(dimension)));
  let x = 0;
  for (let k = 0, left = index ^ (index >>> 1); left !== 0; k++, left >>>= 1) if ((left & 1) === 1) x ^= v[k] as number;
  return x >>> 0;
}

function reverseBits(x: number): number {
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return ((x >>> 16) | (x << 16)) >>> 0;
}

/** Owen's nested scrambling by a hash. Source: B. Burley, Practical hash-based Owen scrambling (2020). */
function scramble(bits: number, seed: number): number {
  let x = reverseBits(bits);
  x ^= Math.imul(x, 0x3d20adea);
  x = (x + seed) | 0;
  x = Math.imul(x, (seed >>> 16) | 1);
  x ^= Math.imul(x, 0x05526c56);
  x ^= Math.imul(x, 0x53a22864);
  return reverseBits(x >>> 0);
}

/** One coordinate in (0, 1) of the scrambled Sobol sequence; beyond dimension 64, of scrambled Halton. */
export function sobol(index: number, dimension: number, seed: number): number {
  if (dimension > DIRECTIONS.length) return halton(index, dimension, seed);
  return (scramble(sobolBits(index, dimension), hashWords(seed, 'sobol', dimension)) + 0.5) / 4294967296;
}

const primes: number[] = [2];

function prime(k: number): number {
  for (let n = (primes[primes.length - 1] as number) + 1; primes.length <= k; n++)
    if (primes.every((p) => n % p !== 0)) primes.push(n);
  return primes[k] as number;
}

/**
 * One coordinate in [0, 1) of the Halton sequence, each digit's values permuted at random.
 * Source: A. B. Owen, A randomized Halton algorithm in R (2017).
 */
export function halton(index: number, dimension: number, seed: number): number {
  const base = prime(dimension);
  let value = 0;
  let left = index;
  let share = 1 / base;
  for (let digit = 0; share > 1e-12; digit++, share /= base) {
    const permutation = generator(seed, 'halton', dimension, digit).shuffle(Array.from({ length: base }, (_, i) => i));
    value += share * (permutation[left % base] as number);
    left = Math.floor(left / base);
  }
  return Math.min(value, 0.9999999999999999);
}

/** One coordinate in [0, 1) of a Latin hypercube of `size` points; past its end the next hypercube begins. */
export function latin(index: number, dimension: number, seed: number, size: number): number {
  const cube = Math.floor(index / size);
  const random = generator(seed, 'latin', dimension, cube);
  const order = random.shuffle(Array.from({ length: size }, (_, i) => i));
  const within = generator(seed, 'latin within', dimension, index).uniform();
  return ((order[index % size] as number) + within) / size;
}

/** Takes points of a sequence in turn; where restrictions refuse one, the generator draws instead. */
function sequenceSampler(
  name: string,
  coordinate: (index: number, dimension: number, view: SamplerView) => number,
): Sampler {
  return {
    name,
    suggest: (view) => ({ point: sequencePoint(view, (dimension) => coordinate(view.drawn, dimension, view)) }),
  };
}

function sequencePoint(view: SamplerView, coordinate: (dimension: number) => number): Point {
  const point = view.domain.fromCube(view.domain.dimensions.map((_, i) => coordinate(i)));
  return view.domain.allows(point) ? point : view.domain.draw(view.random);
}

/** The point with which a model's sampler starts: scrambled Sobol's number `index`. */
export function startPoint(view: SamplerView, index: number): Point {
  return sequencePoint(view, (dimension) => sobol(index, dimension, view.seed));
}

/** Sobol's sequence, scrambled. */
export function sobolSampler(): Sampler {
  return sequenceSampler('sobol', (index, dimension, view) => sobol(index, dimension, view.seed));
}

/** Halton's sequence, scrambled. */
export function haltonSampler(): Sampler {
  return sequenceSampler('halton', (index, dimension, view) => halton(index, dimension, view.seed));
}

/** Latin hypercube of as many points as the study plans (64 where it did not say). */
export function latinSampler(): Sampler {
  return sequenceSampler('latin', (index, dimension, view) => latin(index, dimension, view.seed, view.budget ?? 64));
}
