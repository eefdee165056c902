/**
 * exp, log and their kin from additions, multiplications, divisions and square roots alone. Those four are exact in
 * every JavaScript engine, while `Math.exp` and `Math.log` may differ in the last bit from one engine to another:
 * with these, a study gives the same suggestions everywhere.
 *
 * Source: the algorithms of fdlibm (Sun Microsystems, e_exp.c and e_log.c); errors under 1 unit in the last place.
 */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const INVERSE_LN2 = 1.442695040888963387;

/** Natural logarithm of 2. */
export const LN2 = 0.6931471805599453;
/** Ratio of a circle's circumference to its diameter. */
export const PI = 3.141592653589793;

const POWERS_OF_TWO = new Float64Array(1075 + 1024);
{
  let up = 1;
  for (let k = 0; k <= 1023; k++, up *= 2) POWERS_OF_TWO[1075 + k] = up;
  let down = 1;
  for (let k = 0; k <= 1075; k++, down /= 2) POWERS_OF_TWO[1075 - k] = down;
}

/** e to the power of x. */
export function exp(x: number): number {
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  if (x !== x) return NaN;
  const k = x < 0 ? -Math.floor(-x * INVERSE_LN2 + 0.5) : Math.floor(x * INVERSE_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k > 1023) return y * 2 * (POWERS_OF_TWO[1075 + k - 1] as number);
  if (k < -1021) return y * (POWERS_OF_TWO[1075 + k + 200] as number) * 6.223015277861142e-61;
  return y * (POWERS_OF_TWO[1075 + k] as number);
}

const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);
DOUBLE[0] = 1;
const HIGH_WORD = WORDS[1] === 0x3ff00000 ? 1 : 0;
const TWO_54 = 18014398509481984;

/** Natural logarithm of x; −∞ at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  let exponent = 0;
  if (x < 2.2250738585072014e-308) {
    x *= TWO_54;
    exponent = -54;
  }
  DOUBLE[0] = x;
  const word = WORDS[HIGH_WORD] as number;
  let mantissa = word & 0x000fffff;
  exponent += (word >>> 20) - 1023;
  // The mantissa is taken into [sqrt(1/2), sqrt(2)), as in fdlibm.
  const carry = (mantissa + 0x95f64) & 0x100000;
  WORDS[HIGH_WORD] = (mantissa | (carry ^ 0x3ff00000)) >>> 0;
  exponent += carry >>> 20;
  mantissa = 0;
  const f = (DOUBLE[0] as number) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const t1 = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const t2 =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const r = t1 + t2;
  const half = 0.5 * f * f;
  return exponent * LN2_HIGH - (half - (s * (half + r) + exponent * LN2_LOW) - f);
}

/** log(1 + x), exact also for tiny x (Kahan's correction). */
export function log1p(x: number): number {
  const u = 1 + x;
  if (u === 1) return x;
  return (log(u) * x) / (u - 1);
}

/** exp(x) − 1, exact also for tiny x (Kahan's correction). */
export function expm1(x: number): number {
  if (x < -37) return -1;
  const u = exp(x);
  if (u === 1) return x;
  const d = u - 1;
  if (d === Infinity) return d;
  return (d * x) / log(u);
}

/** Base to the power of exponent, for a base of 0 or more. */
export function power(base: number, exponent: number): number {
  if (base === 0) return exponent === 0 ? 1 : 0;
  return exp(exponent * log(base));
}

/** Log of the sum of two numbers given by their logs. */
export function logAddExp(a: number, b: number): number {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return a > b ? a + log1p(exp(b - a)) : b + log1p(exp(a - b));
}

/** log(exp(a) − exp(b)) for a ≥ b. */
export function logSubExp(a: number, b: number): number {
  if (b === -Infinity) return a;
  const d = b - a;
  if (d >= 0) return -Infinity;
  return a + (d > -LN2 ? log(-expm1(d)) : log1p(-exp(d)));
}
