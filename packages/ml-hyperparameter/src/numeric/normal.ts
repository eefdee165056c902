/** The normal distribution: density, distribution, its logarithm and its inverse. */
import { exp, log, log1p, logSubExp, PI } from './elementary.js';

const LOG_SQRT_2PI = 0.9189385332046727;
const SQRT_2 = 1.4142135623730951;
const INVERSE_SQRT_PI = 0.5641895835477563;

// Out of the functions, which run for each kernel of a Parzen estimator: they would be made anew each time.
const TAIL_TOP = [
  5.6418849698867008918e-1, 8.88314979438837594118, 6.61191906371416294775e1, 2.98635138197400131132e2,
  8.81952221241769090411e2, 1.71204761263407058314e3, 2.05107837782607146532e3,
];
const TAIL_BOTTOM = [
  1.57449261107098347253e1, 1.17693950891312499305e2, 5.37181101862009857509e2, 1.62138957456669018874e3,
  3.29079923573345962678e3, 4.3626190901432471582e3, 3.43936767414372163696e3,
];
const FAR_TOP = [
  3.05326634961232344035e-1, 3.60344899949804439429e-1, 1.25781726111229246204e-1, 1.60837851487422766278e-2,
];
const FAR_BOTTOM = [
  2.56852019228982242072, 1.87295284992346725209, 5.27905102951428412248e-1, 6.05183413124413191178e-2,
];
const MIDDLE_TOP = [3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2];
const MIDDLE_BOTTOM = [2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3];

/** Log density of the standard normal at x. */
export function logDensity(x: number): number {
  return -0.5 * x * x - LOG_SQRT_2PI;
}

/** Density of the standard normal at x. */
export function density(x: number): number {
  return exp(logDensity(x));
}

/** exp(x²)·erfc(x) for x ≥ 0.46875. Source: W. J. Cody, Rational Chebyshev approximation for the error function (1969). */
function scaledErfc(x: number): number {
  if (x <= 4) {
    let top = 2.15311535474403846343e-8 * x;
    let bottom = x;
    for (let i = 0; i < 7; i++) {
      top = (top + (TAIL_TOP[i] as number)) * x;
      bottom = (bottom + (TAIL_BOTTOM[i] as number)) * x;
    }
    return (top + 1.23033935479799725272e3) / (bottom + 1.23033935480374942043e3);
  }
  const z = 1 / (x * x);
  let top = 1.63153871373020978498e-2 * z;
  let bottom = z;
  for (let i = 0; i < 4; i++) {
    top = (top + (FAR_TOP[i] as number)) * z;
    bottom = (bottom + (FAR_BOTTOM[i] as number)) * z;
  }
  const r = (z * (top + 6.58749161529837803157e-4)) / (bottom + 2.33520497626869185443e-3);
  return (INVERSE_SQRT_PI - r) / x;
}

/** Error function for |x| ≤ 0.46875 (Cody, as above). */
function smallErf(x: number): number {
  const z = x * x;
  let top = 1.85777706184603152673e-1 * z;
  let bottom = z;
  for (let i = 0; i < 3; i++) {
    top = (top + (MIDDLE_TOP[i] as number)) * z;
    bottom = (bottom + (MIDDLE_BOTTOM[i] as number)) * z;
  }
  return (x * (top + 3.20937758913846947e3)) / (bottom + 2.84423683343917062e3);
}

/** Probability that a standard normal is at most x. */
export function cdf(x: number): number {
  const y = x < 0 ? -x / SQRT_2 : x / SQRT_2;
  if (y <= 0.46875) return 0.5 + 0.5 * smallErf(x / SQRT_2);
  const tail = y > 27 ? 0 : 0.5 * exp(-y * y) * scaledErfc(y);
  return x < 0 ? tail : 1 - tail;
}

/** Log of `cdf(x)`, exact far into the lower tail. */
export function logCdf(x: number): number {
  if (x > -0.66) return x > 0 ? log1p(-cdf(-x)) : log(cdf(x));
  const y = -x / SQRT_2;
  return -y * y + log(0.5 * scaledErfc(y));
}

/** Log of the mass that a standard normal puts between a and b (a < b). */
export function logMass(a: number, b: number): number {
  if (a > 0) return logSubExp(logCdf(-a), logCdf(-b));
  if (b <= 0) return logSubExp(logCdf(b), logCdf(a));
  return log1p(-cdf(a) - cdf(-b));
}

/**
 * The x with `cdf(x) = p`, relative error about 1e-16.
 * Source: M. J. Wichura, Algorithm AS 241: the percentage points of the normal distribution (1988), PPND16.
 */
export function quantile(p: number): number {
  if (!(p > 0)) return p === 0 ? -Infinity : NaN;
  if (p >= 1) return p === 1 ? Infinity : NaN;
  const q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q;
    const top =
      ((((((r * 2509.0809287301226727 + 33430.575583588128105) * r + 67265.770927008700853) * r +
        45921.953931549871457) *
        r +
        13731.693765509461125) *
        r +
        1971.5909503065514427) *
        r +
        133.14166789178437745) *
        r +
      3.387132872796366608;
    const bottom =
      ((((((r * 5226.495278852545925 + 28729.085735721942674) * r + 39307.89580009271061) * r + 21213.794301586595867) *
        r +
        5394.1960214247511077) *
        r +
        687.1870074920579083) *
        r +
        42.313330701600911252) *
        r +
      1;
    return (q * top) / bottom;
  }
  return q < 0 ? -tailQuantile(-log(p)) : tailQuantile(-log(1 - p));
}

/** The x ≥ 0 with upper tail exp(−minusLog) (second half of AS 241). */
function tailQuantile(minusLog: number): number {
  let r = Math.sqrt(minusLog);
  if (r <= 5) {
    r -= 1.6;
    const top =
      ((((((r * 7.7454501427834140764e-4 + 0.0227238449892691845833) * r + 0.24178072517745061177) * r +
        1.27045825245236838258) *
        r +
        3.64784832476320460504) *
        r +
        5.7694972214606914055) *
        r +
        4.6303378461565452959) *
        r +
      1.42343711074968357734;
    const bottom =
      ((((((r * 1.05075007164441684324e-9 + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r +
        0.14810397642748007459) *
        r +
        0.68976733498510000455) *
        r +
        1.6763848301838038494) *
        r +
        2.05319162663775882187) *
        r +
      1;
    return top / bottom;
  }
  r -= 5;
  const top =
    ((((((r * 2.01033439929228813265e-7 + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r +
      0.026532189526576123093) *
      r +
      0.29656057182850489123) *
      r +
      1.7848265399172913358) *
      r +
      5.4637849111641143699) *
      r +
    6.6579046435011037772;
  const bottom =
    ((((((r * 2.04426310338993978564e-15 + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r +
      7.868691311456132591e-4) *
      r +
      0.0148753612908506148525) *
      r +
      0.13692988092273580531) *
      r +
      0.59983220655588793769) *
      r +
    1;
  return top / bottom;
}

/** The value below which a normal, cut to [low, high], lies with probability u. */
export function truncatedQuantile(u: number, mean: number, deviation: number, low: number, high: number): number {
  const a = (low - mean) / deviation;
  const b = (high - mean) / deviation;
  const z = a > 0 ? -quantile(cdf(-b) + (1 - u) * (cdf(-a) - cdf(-b))) : quantile(cdf(a) + u * (cdf(b) - cdf(a)));
  const x = mean + deviation * z;
  return x < low ? low : x > high ? high : x === x ? x : low + u * (high - low);
}

const LOG_PI_HALF = 0.5 * log(PI / 2);

/**
 * log(φ(z) + z·Φ(z)), the log of expected improvement in units of the deviation, for every z without cancellation.
 * Source: Ament et al., Unexpected improvements to expected improvement for Bayesian optimization (2023), eq. 9.
 */
export function logImprovement(z: number): number {
  if (z > -1) return log(density(z) + z * cdf(z));
  const ratio = z > -1e8 ? log1p(z * scaledTail(z)) : -2 * log(-z);
  return logDensity(z) + ratio;
}

/** Φ(z)/φ(z) for z ≤ −1. */
export function scaledTail(z: number): number {
  if (z > -1e3) return exp(LOG_PI_HALF) * scaledErfc(-z / SQRT_2);
  // Far out, −1/z (1 − 1/z² + 3/z⁴) keeps 1 + z·ratio from cancelling.
  const w = 1 / (z * z);
  return (-1 / z) * (1 - w * (1 - 3 * w));
}
