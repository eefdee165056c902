import type { TransformStep } from './index.js';

/** Steps that every test of all kinds runs: of each kind several, over the columns of `columns`. */
export const CASES: readonly { readonly name: string; readonly steps: readonly TransformStep[] }[] = [
  {
    name: 'numeric',
    steps: [
      { kind: 'numeric', column: 'n', fill: 0.1, center: 3.3, scale: 0.7, clip: 1e6, indicator: true },
      { kind: 'numeric', column: 'i', fill: 0.1, center: 3.3, scale: 0.7, clip: 1e6, indicator: true },
      { kind: 'numeric', column: 'n', fill: -1e308, center: 1e308, scale: 5e-324, clip: 3, indicator: false },
    ],
  },
  {
    name: 'categorical',
    steps: [
      ...(['feature', 'fill', 'zeros'] as const).flatMap((missing) =>
        (['feature', 'zeros'] as const).map((unknown) => ({
          ...{ kind: 'categorical' as const, column: 't', missing, unknown, fill: 'b' },
          categories: ['', '7', 'a', "a'b", 'b', 'constructor', 'nul\0', 'é'],
        })),
      ),
      ...[
        ['n', ['-1.5', '0', '1', '1e+21', '9007199254740991', 'Infinity']],
        ['n', ['0', '2']],
        ['n', ['0.1']],
        ['i', ['-3', '0', '7', 'x']],
        ['b', ['false', 'true']],
        ['s', ['2024-02-29T00:00:00.000Z', '1969-12-31T23:59:59.999Z']],
        ['d', ['1970-01-01', '2024-02-29']],
      ].map(([column, categories]) => ({
        ...{ kind: 'categorical' as const, missing: 'feature' as const, unknown: 'feature' as const },
        ...{ column: column as string, categories: categories as string[] },
      })),
    ],
  },
  {
    name: 'pass',
    steps: [
      { kind: 'pass', column: 'n', type: 'number' },
      { kind: 'pass', column: 'i', type: 'number' },
      { kind: 'pass', column: 'b', type: 'boolean' },
      { kind: 'pass', column: 't', type: 'category', categories: ['', 'a', 'b'] },
      { kind: 'pass', column: 'n', type: 'category', categories: ['0', '1', '2.5'] },
    ],
  },
];
