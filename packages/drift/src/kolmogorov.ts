import { logGamma } from '@trainyard/numeric';

/**
 * Chance that the two-sided Kolmogorov statistic of n values is at least d: P(D_n ≥ d). The choice of method is that of
 * Simard & L'Ecuyer (2011, "Computing the two-sided Kolmogorov-Smirnov distribution") as SciPy makes it; where that
 * takes Pomeranz's recursion, the matrix method gives the same value.
 */
export function kolmogorovTail(n: number, d: number): number {
  if (!(n >= 1) || Number.isNaN(d)) return NaN;
  const nd = n * d;
  if (d >= 1) return 0;
  if (nd <= 0.5) return 1;
  if (nd <= 1) return clip(1 - Math.exp(logGamma(n + 1) + n * Math.log((2 * nd - 1) / n)));
  if (nd >= n - 1) return clip(2 * (1 - d) ** n);
  if (d >= 0.5) return clip(2 * oneSidedTail(n, d));
  const ndd = nd * d;
  if (n <= 140) return ndd <= 4 ? clip(1 - byMatrix(n, d)) : clip(2 * oneSidedTail(n, d));
  if (ndd >= 370) return 0;
  if (ndd >= 2.2) return clip(2 * oneSidedTail(n, d));
  return clip(1 - (n <= 100_000 && n * d ** 1.5 <= 1.4 ? byMatrix(n, d) : byExpansion(n, d)));
}

function clip(probability: number): number {
  return Math.min(1, Math.max(0, probability));
}

/** P(D⁺_n ≥ d), the sum of Birnbaum & Tingey (1951), whose terms are all positive. */
function oneSidedTail(n: number, d: number): number {
  const logChoose = logFactorials(n);
  let sum = 0;
  for (let j = Math.floor(n * (1 - d)); j >= 0; j--) {
    const below = 1 - d - j / n;
    if (below < 0) continue;
    const logPower = j === n ? 0 : (n - j) * Math.log(below);
    sum += Math.exp(logChoose[n]! - logChoose[j]! - logChoose[n - j]! + (j - 1) * Math.log(d + j / n) + logPower);
  }
  return d * sum;
}

let known: { n: number; values: Float64Array } = { n: 0, values: new Float64Array(1) };

/** ln 0! … ln n!, kept for the next call: a monitor asks for the same sizes again and again. */
function logFactorials(n: number): Float64Array {
  if (known.n < n) {
    const values = new Float64Array(n + 1);
    // Neumaier's summation: the error of a plain sum would show in the tenth digit from 100,000 on.
    let sum = 0;
    let lost = 0;
    for (let k = 2; k <= n; k++) {
      const term = Math.log(k);
      const next = sum + term;
      lost += sum - next + term;
      sum = next;
      values[k] = sum + lost;
    }
    known = { n, values };
  }
  return known.values;
}

/** P(D_n < d) by the matrix method of Durbin (1968) as Marsaglia, Tsang & Wang (2003) compute it. */
function byMatrix(n: number, d: number): number {
  const k = Math.ceil(n * d);
  const h = k - n * d;
  const m = 2 * k - 1;
  let power = durbinMatrix(m, h);
  let result: Scaled = { values: identity(m), exponent: 0 };
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(result, power, m);
    if (left > 1) power = multiply(power, power, m);
  }
  let chance = result.values[(k - 1) * m + k - 1]!;
  let { exponent } = result;
  for (let i = 1; i <= n; i++) {
    chance *= i / n;
    if (chance < 2 ** -500) {
      chance *= 2 ** 500;
      exponent -= 500;
    }
  }
  return chance * 2 ** exponent;
}

/** A matrix times a power of two. */
interface Scaled {
  readonly values: Float64Array;
  readonly exponent: number;
}

function identity(m: number): Float64Array {
  const values = new Float64Array(m * m);
  for (let i = 0; i < m; i++) values[i * m + i] = 1;
  return values;
}

function durbinMatrix(m: number, h: number): Scaled {
  const values = new Float64Array(m * m);
  const inverseFactorial = new Float64Array(m + 1).fill(1);
  for (let i = 1; i <= m; i++) inverseFactorial[i] = inverseFactorial[i - 1]! / i;
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) {
      if (i - j + 1 < 0) continue;
      let entry = 1;
      if (j === 0) entry -= h ** (i + 1);
      if (i === m - 1) entry -= h ** (m - j);
      if (j === 0 && i === m - 1 && h > 0.5) entry += (2 * h - 1) ** m;
      values[i * m + j] = entry * inverseFactorial[i - j + 1]!;
    }
  return { values, exponent: 0 };
}

function multiply(a: Scaled, b: Scaled, m: number): Scaled {
  const values = new Float64Array(m * m);
  for (let i = 0; i < m; i++)
    for (let k = 0; k < m; k++) {
      const factor = a.values[i * m + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < m; j++) values[i * m + j]! += factor * b.values[k * m + j]!;
    }
  let exponent = a.exponent + b.exponent;
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  if (largest > 2 ** 400) {
    for (let i = 0; i < values.length; i++) values[i]! *= 2 ** -400;
    exponent += 400;
  }
  return { values, exponent };
}

/** P(D_n < d) by the expansion of Pelz & Good (1976) to n^(-3/2); K0 is Kolmogorov's limit, z = d √n. */
function byExpansion(n: number, d: number): number {
  const z = d * Math.sqrt(n);
  const pi2 = Math.PI ** 2;
  const pi4 = pi2 ** 2;
  const pi6 = pi2 ** 3;
  const [z2, z4, z6, z8] = [z ** 2, z ** 4, z ** 6, z ** 8];
  if (-pi2 / 8 / z2 < -708) return 0;
  const root = Math.sqrt(2 * Math.PI);
  const sums = [0, 0, 0, 0];
  const extra = [0, 0];
  const terms = Math.ceil((16 * z) / Math.PI);
  for (let k = terms; k >= 1; k--) {
    const m2 = (2 * k - 1) ** 2;
    const odd = Math.exp((-pi2 * m2) / (8 * z2));
    sums[0]! += odd;
    sums[1]! += (-z2 + (pi2 / 4) * m2) * odd;
    sums[2]! += (6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * pi2 * m2) / 4 + (pi4 * (1 - 2 * z2) * m2 ** 2) / 16) * odd;
    sums[3]! +=
      (-30 * z6 -
        90 * z8 +
        (pi2 * (135 * z4 - 96 * z6) * m2) / 4 +
        (pi4 * (212 * z4 - 60 * z2) * m2 ** 2) / 16 +
        (pi6 * (5 - 30 * z2) * m2 ** 3) / 64) *
      odd;
    const all = Math.exp((-pi2 * k ** 2) / (2 * z2));
    extra[0]! += pi2 * k ** 2 * all;
    extra[1]! += (3 * pi2 * k ** 2 * z2 - pi4 * k ** 4) * all;
  }
  const k0 = (root / z) * sums[0]!;
  const k1 = (root / (6 * z4)) * sums[1]!;
  const k2 = root * (sums[2]! / (72 * z ** 7) - extra[0]! / (36 * z ** 3));
  const k3 = root * (sums[3]! / (6480 * z ** 10) + extra[1]! / (216 * z6));
  return k0 + k1 / Math.sqrt(n) + k2 / n + k3 / n ** 1.5;
}
