import { sql, type Sql } from '@trainyard/tables/sql';

/**
 * The quantile of the standard normal distribution, by M. J. Wichura, "Algorithm AS 241", Applied Statistics 37 (1988),
 * PPND16: about one part in 10^16. Its three rational functions, constant term first; of the middle in r = 0.180625 − q²,
 * q = p − 1/2, of the tails in r = √(−ln p) less 1.6 or 5.
 */
const MIDDLE = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852546,
  ],
] as const;
const NEAR = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
] as const;
const FAR = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 0.000018463183175100548,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
] as const;

type Rational = readonly [readonly number[], readonly number[]];

/** Of a share strictly between 0 and 1. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(MIDDLE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const tail = r <= 5 ? rational(NEAR, r - 1.6) : rational(FAR, r - 5);
  return q < 0 ? -tail : tail;
}

/** SQL for the same; `keep` names what is used several times. */
export function normalQuantileSql(p: Sql, keep: (expression: Sql) => Sql): Sql {
  const q = keep(sql`${p} - ${0.5}`);
  const inside = keep(sql`${0.180625} - ${q} * ${q}`);
  const r = keep(sql`sqrt(-ln(CASE WHEN ${q} < 0 THEN ${p} ELSE 1 - ${p} END))`);
  const [near, far] = [keep(sql`${r} - ${1.6}`), keep(sql`${r} - ${5}`)];
  const tail = keep(sql`CASE WHEN ${r} <= 5 THEN ${rationalSql(NEAR, near)} ELSE ${rationalSql(FAR, far)} END`);
  return sql`CASE WHEN abs(${q}) <= ${0.425} THEN ${q} * ${rationalSql(MIDDLE, inside)} WHEN ${q} < 0 THEN -${tail} ELSE ${tail} END`;
}

function rational([above, below]: Rational, r: number): number {
  return horner(above, r) / horner(below, r);
}

function horner(coefficients: readonly number[], r: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * r + coefficient);
}

function rationalSql([above, below]: Rational, r: Sql): Sql {
  return sql`(${hornerSql(above, r)}) / (${hornerSql(below, r)})`;
}

function hornerSql(coefficients: readonly number[], r: Sql): Sql {
  const terms = coefficients.map((coefficient) => sql`${coefficient}`);
  return terms.reduceRight((sum, term) => sql`(${sum}) * ${r} + ${term}`);
}
