/**
 * The search problems of the published table: a space and a plain formula each, every optimum at 0.
 * `problems.test.ts` holds the formulas against values computed elsewhere.
 */
import { categorical, conditional, float, int, type AnyConfiguration, type Space } from 'ml-hyperparameter';

/** A problem: what to search and what to minimise. */
export interface Problem {
  readonly space: Space;
  readonly loss: (p: AnyConfiguration) => number;
}

const A3 = [
  [3, 10, 30],
  [0.1, 10, 35],
  [3, 10, 30],
  [0.1, 10, 35],
];
const P3 = [
  [0.3689, 0.117, 0.2673],
  [0.4699, 0.4387, 0.747],
  [0.1091, 0.8732, 0.5547],
  [0.0381, 0.5743, 0.8828],
];
const A6 = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const P6 = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];
/** How far the shifted problems move their optimum, as a share of the box's width. */
const SHIFT = [0.31, -0.22, 0.17, -0.38, 0.26, -0.13, 0.35, -0.29, 0.08, -0.19];

const cube = (d: number, low: number, high: number): Space =>
  Object.fromEntries(Array.from({ length: d }, (_, i) => [`x${i}`, float(low, high)]));
const vector = (p: AnyConfiguration): number[] =>
  Array.from({ length: Object.keys(p).length }, (_, i) => p[`x${i}`] as number);
const num = (p: AnyConfiguration, name: string): number => p[name] as number;

function branin(p: AnyConfiguration): number {
  const [x, y] = vector(p) as [number, number];
  return (
    (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2 +
    10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) +
    10 -
    0.39788735772973816
  );
}

const hartmann =
  (a: number[][], p: number[][], optimum: number) =>
  (at: AnyConfiguration): number => {
    const x = vector(at);
    let sum = 0;
    [1, 1.2, 3, 3.2].forEach((weight, k) => {
      let inner = 0;
      x.forEach((v, i) => (inner += (a[k]?.[i] as number) * (v - (p[k]?.[i] as number)) ** 2));
      sum += weight * Math.exp(-inner);
    });
    return optimum - sum;
  };

function rosenbrock(p: AnyConfiguration): number {
  const x = vector(p);
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const here = x[i] as number;
    sum += 100 * ((x[i + 1] as number) - here ** 2) ** 2 + (1 - here) ** 2;
  }
  return sum;
}

function rastrigin(x: number[]): number {
  return 10 * x.length + x.reduce((sum, v) => sum + v * v - 10 * Math.cos(2 * Math.PI * v), 0);
}

function ackley(x: number[]): number {
  const n = x.length;
  const squares = x.reduce((sum, v) => sum + v * v, 0);
  const waves = x.reduce((sum, v) => sum + Math.cos(2 * Math.PI * v), 0);
  return -20 * Math.exp(-0.2 * Math.sqrt(squares / n)) - Math.exp(waves / n) + 20 + Math.E;
}

const shifted =
  (f: (x: number[]) => number, width: number) =>
  (p: AnyConfiguration): number =>
    f(vector(p).map((v, i) => v - (SHIFT[i] as number) * width));

/** A surrogate of tuning a small net; the learning rate's best value moves with the optimizer and the depth. */
export function mixed(p: AnyConfiguration): number {
  const l = Math.log10(num(p, 'lr'));
  const layers = num(p, 'layers');
  const width = num(p, 'width');
  const best = { adam: [-3, 0], sgd: [-1.5, 0.05], rmsprop: [-3.5, 0.03] }[p['optimizer'] as 'adam'] as [
    number,
    number,
  ];
  return (
    0.3 * (1 - Math.exp(-0.5 * (l - best[0] - 0.1 * (layers - 3)) ** 2)) +
    best[1] +
    0.02 * (layers - 3) ** 2 * (p['optimizer'] === 'adam' ? 0.3 : 0.6) +
    0.03 * (Math.log2(width) - 7) ** 2 * 0.5 +
    0.5 * (num(p, 'dropout') - 0.2 - (0.05 * (layers - 3)) / 3) ** 2 +
    Math.max(0, (layers - 3) * Math.log2(width / 128) * 0.01)
  );
}

function conditionalLoss(p: AnyConfiguration): number {
  if (p['model'] === 'svm') {
    const c = Math.log10(num(p, 'svm.C'));
    const g = Math.log10(num(p, 'svm.gamma'));
    return 0.05 + 0.02 * (c - 1) ** 2 + 0.03 * (g + 1.5 + 0.3 * (c - 1)) ** 2;
  }
  if (p['model'] === 'forest') {
    return 0.08 + 0.003 * (9 - Math.log2(num(p, 'forest.trees'))) ** 2 + 0.002 * (num(p, 'forest.depth') - 12) ** 2;
  }
  const l = Math.log10(num(p, 'net.lr'));
  const k = num(p, 'net.layers');
  const r = num(p, 'net.dropout');
  return 0.04 * (l + 3) ** 2 + 0.015 * (k - 3) ** 2 + 0.4 * (r - 0.25) ** 2 + 0.02 * Math.abs(l + 3) * Math.abs(k - 3);
}

/** The space of `mixed`. */
export const mixedSpace = {
  lr: float(1e-5, 1e-1, { log: true }),
  layers: int(1, 8),
  width: int(16, 512, { log: true }),
  dropout: float(0, 0.6),
  optimizer: categorical(['adam', 'sgd', 'rmsprop']),
};

const conditionalSpace = {
  model: conditional({
    svm: { 'svm.C': float(1e-3, 1e3, { log: true }), 'svm.gamma': float(1e-4, 1e1, { log: true }) },
    forest: { 'forest.trees': int(8, 512, { log: true }), 'forest.depth': int(2, 20) },
    net: { 'net.lr': float(1e-5, 1e-1, { log: true }), 'net.layers': int(1, 6), 'net.dropout': float(0, 0.6) },
  }),
};

/** All ten, by name. */
export const problems: Readonly<Record<string, Problem>> = {
  branin: { space: { x0: float(-5, 10), x1: float(0, 15) }, loss: branin },
  hartmann3: { space: cube(3, 0, 1), loss: hartmann(A3, P3, 3.8627797869493365) },
  hartmann6: { space: cube(6, 0, 1), loss: hartmann(A6, P6, 3.322368011415515) },
  rosenbrock5: { space: cube(5, -5, 10), loss: rosenbrock },
  rastrigin5: { space: cube(5, -5.12, 5.12), loss: (p) => rastrigin(vector(p)) },
  ackley10: { space: cube(10, -32.768, 32.768), loss: (p) => ackley(vector(p)) },
  mixed: { space: mixedSpace, loss: mixed },
  conditional: { space: conditionalSpace, loss: conditionalLoss },
  rastrigin5s: { space: cube(5, -5.12, 5.12), loss: shifted(rastrigin, 10.24) },
  ackley10s: { space: cube(10, -32.768, 32.768), loss: shifted(ackley, 65.536) },
};

/** How much a bigger learning rate hurries the start of a curve. */
export const curveKinds = { aligned: 0, crossing: 0.1 } as const;

/**
 * Loss of `mixed`'s configuration after `epoch` (1, 2, …). `aligned`: only depth changes the pace. `crossing`: big
 * learning rates lead early and lose late, which tempts pruners.
 */
export function curve(p: AnyConfiguration, epoch: number, kind: keyof typeof curveKinds): number {
  const end = mixed(p);
  const l = Math.log10(num(p, 'lr'));
  const pace = 3 * 10 ** (-curveKinds[kind] * (l + 3)) * (1 + 0.1 * (num(p, 'layers') - 3));
  const wobble =
    (0.01 * Math.sin(12.9898 * epoch + 78.233 * num(p, 'dropout') + 3 * l) * (1 + 3 * Math.max(0, l + 2))) /
    Math.sqrt(epoch);
  return end + (2.3 - end) * Math.exp(-epoch / pace) + wobble;
}
