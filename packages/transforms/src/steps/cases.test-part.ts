import { OPERATIONS, type OperationName } from './arithmetic.js';
import { CALENDAR_PARTS, type CalendarPart } from './calendar.js';
import type { TransformStep } from './index.js';
import { TEXT_MEASURES, type TextMeasure } from './text-measure.js';

const SCALED = { fill: 2, center: 1.5, scale: 0.8, clip: 1e6, indicator: true };

/** Shows a column that steps before it made. */
const asIs = (column: string) => ({ kind: 'pass' as const, column, type: 'number' as const });

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
  {
    name: 'calendar',
    steps: [
      ...(Object.keys(CALENDAR_PARTS) as CalendarPart[]).flatMap((part) =>
        ['s', 'd'].map((column) => ({ kind: 'calendar' as const, name: `${part} of ${column}`, column, part })),
      ),
      ...(Object.keys(CALENDAR_PARTS) as CalendarPart[])
        .flatMap((part) => ['s', 'd'].map((column) => asIs(`${part} of ${column}`)))
        .filter(({ column }) => !/^(hour|minute) of d/.test(column)),
    ],
  },
  {
    name: 'holiday',
    steps: ['s', 'd'].flatMap((column) => [
      {
        kind: 'holiday' as const,
        name: `holiday of ${column}`,
        column,
        days: ['1969-12-31', '2024-02-29', '2024-12-25'],
      },
      { kind: 'pass' as const, column: `holiday of ${column}`, type: 'boolean' as const },
    ]),
  },
  {
    name: 'elapsed',
    steps: [
      { kind: 'elapsed', name: 'age', from: { column: 'd' }, to: { time: '2024-01-01T00:00:00Z' }, unit: 'years' },
      { kind: 'elapsed', name: 'between', from: { column: 's' }, to: { column: 'd' }, unit: 'hours' },
      asIs('age'),
      asIs('between'),
    ],
  },
  {
    name: 'arithmetic',
    steps: (Object.keys(OPERATIONS) as OperationName[]).flatMap((operation) => [
      { kind: 'arithmetic' as const, name: operation, operation, a: 'n', b: 'm' },
      asIs(operation),
      { kind: 'arithmetic' as const, name: `${operation} again`, operation, a: operation, b: 'i' },
      asIs(`${operation} again`),
    ]),
  },
  {
    name: 'cross',
    steps: [
      { kind: 'cross', name: 'tb', columns: ['t', 'b', 'i', 'd', 's'] },
      { kind: 'hashed', column: 'tb', of: 'value', buckets: 5, signed: false },
    ],
  },
  {
    name: 'text measure',
    steps: (Object.keys(TEXT_MEASURES) as TextMeasure[]).flatMap((measure) => [
      { kind: 'text measure' as const, name: measure, column: 't', measure },
      asIs(measure),
    ]),
  },
  {
    name: 'keywords',
    steps: [
      { kind: 'keywords', name: 'named', column: 't', words: ['cat', 'école', '日本'] },
      { kind: 'pass', column: 'named', type: 'boolean' },
    ],
  },
  {
    name: 'power',
    steps: ['n', 'i'].flatMap((column) => [
      { kind: 'power' as const, column, method: 'log' as const, lambda: 0, offset: 4, floor: 0.5, ...SCALED },
      ...[0.37, -1.2, 0, 1].map((lambda) => ({
        ...{ kind: 'power' as const, column, method: 'box-cox' as const, lambda, offset: 0, floor: 1e-3, ...SCALED },
      })),
      ...[0.63, 0, 2, -0.5, 3.1].map((lambda) => ({
        ...{ kind: 'power' as const, column, method: 'yeo-johnson' as const, lambda, offset: 0, floor: 1, ...SCALED },
      })),
    ]),
  },
  {
    name: 'quantile',
    steps: (['uniform', 'normal'] as const).flatMap((gives) => [
      {
        ...{ kind: 'quantile' as const, column: 'n', gives, fill: 0.5, indicator: true },
        ...{ values: [-50, -1.5, 0, 1, 2.5, 80], below: [0, 0.1, 0.3, 0.5, 0.7, 1], upTo: [0, 0.2, 0.4, 0.5, 0.7, 1] },
      },
      {
        ...{ kind: 'quantile' as const, column: 'n', gives, fill: 0.1, indicator: false },
        ...{ values: [-1e308, 1e308], below: [0, 1], upTo: [0, 1] },
      },
    ]),
  },
  {
    name: 'bins',
    steps: (['index', 'one-hot'] as const).flatMap((gives) =>
      (['bin', 'none'] as const).flatMap((missing) => [
        { kind: 'bins' as const, column: 'n', edges: [-1.5, 0, 0.1, 2.5, 60], gives, missing },
        { kind: 'bins' as const, column: 'i', edges: [0], gives, missing },
      ]),
    ),
  },
  {
    name: 'lookup',
    steps: [
      {
        ...{ kind: 'lookup', column: 't', names: ['one', 'two'], keys: ['', 'a', 'b', 'é'] },
        all: {
          values: [
            [1, 0.1],
            [2, 1e300],
            [3, -5],
            [4, 0],
          ],
          missing: [-1, 0],
          unknown: [0, 7],
        },
      },
      {
        kind: 'lookup',
        column: 'n',
        names: ['of n'],
        keys: ['0', '1', '2.5'],
        all: { values: [[1], [2], [3]], missing: [-1], unknown: [0] },
      },
      { kind: 'lookup', column: 'b', names: ['of b'], keys: [], all: { values: [], missing: [-1], unknown: [0] } },
    ],
  },
  {
    name: 'hashed',
    steps: [
      { kind: 'hashed', column: 't', of: 'value', buckets: 4, signed: true },
      { kind: 'hashed', column: 't', of: 'words', buckets: 8, signed: false },
      { kind: 'hashed', column: 't', of: 'words', buckets: 3, signed: true },
      { kind: 'hashed', column: 'i', of: 'value', buckets: 7, signed: false },
    ],
  },
  {
    name: 'terms',
    steps: [
      {
        kind: 'terms',
        column: 't',
        words: [1, 1],
        vocabulary: ['cat', 'i', 'sat', 'école', '日本'],
        weights: [1, 1.3, 1.7, 2.1, 3],
        binary: false,
        unit: true,
      },
      {
        kind: 'terms',
        column: 't',
        words: [1, 3],
        vocabulary: ['cat', 'cat sat', 'the', 'the cat', 'the the cat'],
        weights: [1, 1, 1, 1, 1],
        binary: false,
        unit: false,
      },
      {
        kind: 'terms',
        column: 't',
        words: [2, 2],
        vocabulary: ['cat cat', 'the cat'],
        weights: [0.3, 0.7],
        binary: true,
        unit: true,
      },
    ],
  },
  {
    name: 'cyclic',
    steps: [
      { kind: 'cyclic', column: 'n', period: 24, start: 0 },
      { kind: 'cyclic', column: 'i', period: 7, start: 1 },
    ],
  },
];
