import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factorise, inverseOf, solveLower, solveUpper } from './cholesky.js';
import { descend } from './descend.js';
import { exp, expm1, log, log1p, logSubExp } from './elementary.js';
import { cdf, logCdf, logImprovement, quantile } from './normal.js';
import { dominationRanks, dominates, Front, hypervolume } from './pareto.js';
import { eigen } from './symmetric.js';

const near = (a: number, b: number, relative: number): boolean =>
  Math.abs(a - b) <= relative * Math.max(1e-300, Math.abs(b));

const SCIPY_LOG_CDF: readonly (readonly [number, number])[] = [
  [-200.0, -20006.21728089819],
  [-40.0, -804.6084420137539],
  [-8.0, -35.01343715991456],
  [-1.5, -2.7059444008238898],
  [-0.66, -1.3679558848901994],
  [-0.1, -0.7761545927302733],
  [0.0, -0.6931471805599453],
  [1.0, -0.1727537790234499],
  [4.0, -3.1671743377489206e-5],
];

describe('elementary functions agree with the engine to the last bits', () => {
  it('exp', () =>
    fc.assert(fc.property(fc.double({ min: -700, max: 709, noNaN: true }), (x) => near(exp(x), Math.exp(x), 5e-16))));
  it('log', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 1e-310, max: 1e308, noNaN: true }),
        (x) => near(log(x), Math.log(x), 5e-16) || Math.abs(x - 1) < 1e-15,
      ),
    ));
  it('log1p and expm1', () =>
    fc.assert(
      fc.property(
        fc.double({ min: -0.9, max: 5, noNaN: true }),
        (x) => near(log1p(x), Math.log1p(x), 1e-14) && near(expm1(x), Math.expm1(x), 1e-14),
      ),
    ));
  it('ends', () => {
    expect([exp(-Infinity), exp(Infinity), exp(NaN), log(0), log(-1), log(Infinity)]).toEqual([
      0,
      Infinity,
      NaN,
      -Infinity,
      NaN,
      Infinity,
    ]);
    expect(logSubExp(0, -50)).toBeCloseTo(0, 12);
  });
});

describe('the normal distribution', () => {
  it('quantile undoes the distribution', () =>
    fc.assert(
      fc.property(
        fc.double({ min: -7, max: 7, noNaN: true }),
        (x) => Math.abs(quantile(cdf(x)) - x) < (x > 5 ? 1e-4 : 1e-8),
      ),
    ));
  it('has the values of SciPy (scipy.stats.norm, special.log_ndtr)', () => {
    for (const [x, want] of SCIPY_LOG_CDF) expect(near(logCdf(x), want, 1e-12)).toBe(true);
  });
  it('log improvement is increasing and smooth where its branches meet', () => {
    for (const z of [-1, -1e3])
      expect(Math.abs(logImprovement(z + 1e-9) - logImprovement(z - 1e-9))).toBeLessThan(1e-5);
    let before = -Infinity;
    for (let z = -2000; z < 10; z += 0.37) {
      const v = logImprovement(z);
      expect(v).toBeGreaterThan(before);
      before = v;
    }
  });
});

describe('matrices', () => {
  const matrix = fc
    .integer({ min: 1, max: 7 })
    .chain((n) =>
      fc
        .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n })
        .map((a) => ({ n, a })),
    );
  it('a Cholesky factor inverts its matrix', () =>
    fc.assert(
      fc.property(matrix, ({ n, a }) => {
        const k = Float64Array.from({ length: n * n }, (_, at) => {
          const [i, j] = [Math.floor(at / n), at % n];
          let s = i === j ? 1 : 0;
          for (let m = 0; m < n; m++) s += (a[i * n + m] as number) * (a[j * n + m] as number);
          return s;
        });
        const l = k.slice();
        expect(factorise(l, n)).toBe(true);
        const inverse = inverseOf(l, n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let s = 0;
            for (let m = 0; m < n; m++)
              s += (inverse[Math.max(i, m) * n + Math.min(i, m)] as number) * (k[m * n + j] as number);
            expect(s).toBeCloseTo(i === j ? 1 : 0, 8);
          }
        }
      }),
    ));
  it('eigenvectors rebuild a symmetric matrix', () =>
    fc.assert(
      fc.property(matrix, ({ n, a }) => {
        const s = Float64Array.from(
          a,
          (_, at) => 0.5 * ((a[at] as number) + (a[(at % n) * n + Math.floor(at / n)] as number)),
        );
        const { values, vectors } = eigen(s, n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let k = 0; k < n; k++)
              sum += (vectors[i * n + k] as number) * (values[k] as number) * (vectors[j * n + k] as number);
            expect(sum).toBeCloseTo(s[i * n + j] as number, 9);
          }
        }
      }),
    ));
  it('rows that are taken two at a time come out as one by one, to the last bit', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 23 }),
        fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })),
        (n, numbers) => {
          const next = (): number => numbers.next().value as number;
          const k = Float64Array.from({ length: n * n }, (_, at) => (Math.floor(at / n) === at % n ? n + 1 : next()));
          const whole = k.slice();
          expect(factorise(whole, n)).toBe(true);
          const rows = k.slice();
          for (let i = 0; i < n; i++) expect(factorise(rows, i + 1, i, n)).toBe(true);
          expect(rows).toEqual(whole);

          const b = Float64Array.from({ length: n }, next);
          const down = b.slice();
          solveLower(whole, n, down);
          for (let i = 1; i < n; i++) {
            const start = b.slice(0, i);
            solveLower(whole, i, start, n);
            expect(start).toEqual(down.slice(0, i));
          }
          const up = b.slice();
          solveUpper(whole, n, up);
          const plain = b.slice();
          for (let i = n - 1; i >= 0; i--) {
            plain[i] = (plain[i] as number) / (whole[i * n + i] as number);
            for (let j = 0; j < i; j++)
              plain[j] = (plain[j] as number) - (whole[i * n + j] as number) * (plain[i] as number);
          }
          expect(up).toEqual(plain);
        },
      ),
    ));
  it('a descent finds the corner of a box', () => {
    let at = new Float64Array(2);
    const { x } = descend(
      {
        value: (p) => {
          at = Float64Array.from(p);
          return ((p[0] as number) - 3) ** 2 + 10 * ((p[1] as number) - 0.25) ** 2;
        },
        gradient: (into) => {
          into[0] = 2 * ((at[0] as number) - 3);
          into[1] = 20 * ((at[1] as number) - 0.25);
        },
      },
      [0.5, 0.9],
      { low: [0, 0], high: [1, 1], evaluations: 60, gain: 1e-14, reach: 1 },
    );
    expect(x[0]).toBe(1);
    expect(x[1]).toBeCloseTo(0.25, 5);
  });
});

describe('fronts', () => {
  const points = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })),
    { minLength: 1, maxLength: 9 },
  );
  it('hypervolume of whole numbers is the count of dominated unit cubes', () =>
    fc.assert(
      fc.property(points, (p) => {
        let cells = 0;
        for (let x = 0; x < 10; x++)
          for (let y = 0; y < 10; y++)
            for (let z = 0; z < 10; z++) if (p.some(([a, b, c]) => a <= x && b <= y && c <= z)) cells++;
        expect(hypervolume(p, [10, 10, 10])).toBeCloseTo(cells, 9);
      }),
    ));
  it('rank 0 is exactly what nothing dominates', () =>
    fc.assert(
      fc.property(points, (p) =>
        dominationRanks(p).every((rank, i) => (rank === 0) === !p.some((q) => dominates(q, p[i] as number[]))),
      ),
    ));
  it('a rank is that of what is left when all lower ones are gone', () =>
    fc.assert(
      fc.property(points, (p) => {
        const ranks = dominationRanks(p);
        for (let rank = 0; rank <= Math.max(...ranks); rank++) {
          const left = p.filter((_, i) => (ranks[i] as number) >= rank);
          const first = p.filter((_, i) => ranks[i] === rank);
          expect(left.filter((one) => !left.some((q) => dominates(q, one)))).toEqual(first);
        }
      }),
    ));
  it('a front that grows holds what nothing dominates, in the order in which it came', () =>
    fc.assert(
      fc.property(points, (p) => {
        const front = new Front<number[]>();
        for (const one of p) front.add(one, one);
        expect(front.members).toEqual(p.filter((one) => !p.some((q) => dominates(q, one))));
      }),
    ));
});
