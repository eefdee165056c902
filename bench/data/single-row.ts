/**
 * What it takes to make the features of one row, as serving does for each request. The row has 30 columns: 14 of numbers
 * (10 imputed and standardised, 4 in bins), 12 of categories, 2 of text by TF-IDF, 2 of times by their parts; a second case takes it
 * through rules of cleaning first. Beside it scikit-learn's transformers over one row of a data frame, without the times.
 * Microseconds a row: lower is better; the goal is a p50 under 50. `--peer=no` leaves scikit-learn out.
 *
 *   npm run bench data/single-row -- [--json] [--rows=2000] [--rounds=5] [--peer=no]
 */
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { randomFrom } from '@trainyard/numeric';
import {
  applyTransform,
  featureNames,
  parseTransform,
  throughRules,
  type Cell,
  type FeatureRow,
  type FittedTransform,
} from '@trainyard/transforms';
import { median, round, type Row } from '../figures.js';
import { peerPython } from '../peer-python.js';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '5' },
    peer: { type: 'string', default: 'yes' },
  },
});
const [ROWS, rounds] = [Number(asked.rows), Number(asked.rounds)];
const VOCABULARY = 200;
const CATEGORIES = 20;

const named = (what: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${what} ${i + 1}`);
const columns = {
  numeric: named('measure', 10),
  bins: named('amount', 4),
  categories: named('kind', 12),
  texts: named('note', 2),
  times: named('time', 2),
};
const words = Array.from({ length: VOCABULARY }, (_, i) => `word${String(i).padStart(3, '0')}`);
const categories = Array.from({ length: CATEGORIES }, (_, i) => `value ${String(i).padStart(2, '0')}`);

/** Rows of which a twentieth of the cells is missing, and a twentieth of the categories unknown. */
function rowsFrom(seed: number): FeatureRow[] {
  const random = randomFrom(seed);
  const draw = (): number => random.uniform();
  const drawn = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;
  const cell = (make: () => Cell): Cell => (draw() < 0.05 ? null : make());
  return Array.from({ length: ROWS }, () => {
    const row: Record<string, Cell> = {};
    for (const name of [...columns.numeric, ...columns.bins]) row[name] = cell(() => draw() * 200 - 100);
    for (const name of columns.categories) row[name] = cell(() => (draw() < 0.05 ? 'other' : drawn(categories)));
    for (const name of columns.texts) row[name] = Array.from({ length: 12 }, () => drawn(words)).join(' ');
    for (const name of columns.times)
      row[name] = cell(() => new Date(1.6e12 + Math.floor(draw() * 1e11)).toISOString());
    return row;
  });
}

/** The transform as it is opened from a model, with or without rules of cleaning. */
function transformWith(rules: readonly object[]): FittedTransform {
  const steps = [
    ...columns.numeric.map((column) => ({
      ...{ kind: 'numeric', column, fill: 0.3, center: 0.3, scale: 57.7, clip: 1e6, indicator: true },
    })),
    ...columns.bins.map((column) => ({
      ...{ kind: 'bins', column, edges: [-75, -50, -25, 0, 25, 50, 75], gives: 'one-hot', missing: 'bin' },
    })),
    ...columns.categories.map((column) => ({
      ...{ kind: 'categorical', column, categories, missing: 'feature', unknown: 'feature' },
    })),
    ...columns.texts.map((column) => ({
      ...{ kind: 'terms', column, words: [1, 1], vocabulary: words, weights: words.map((_, i) => 1 + i / 100) },
      ...{ binary: false, unit: true },
    })),
    ...columns.times.flatMap((column) => [
      { kind: 'calendar', name: `hour of ${column}`, column, part: 'hour' },
      { kind: 'calendar', name: `weekday of ${column}`, column, part: 'weekday' },
      { kind: 'cyclic', column: `hour of ${column}`, period: 24, start: 0 },
      { kind: 'cyclic', column: `weekday of ${column}`, period: 7, start: 1 },
    ]),
  ];
  const types = { numeric: 'number', bins: 'number', categories: 'text', texts: 'text', times: 'timestamp' } as const;
  const typed = Object.entries(types).flatMap(([of, type]) =>
    columns[of as keyof typeof types].map((name) => ({ name, type })),
  );
  return parseTransform(JSON.stringify({ format: 'trainyard.transform/3', steps, rows: ROWS, columns: typed, rules }));
}

const RULES = [
  { rule: 'trim', columns: [...columns.categories, ...columns.texts] },
  { rule: 'case', columns: columns.categories, to: 'lower' },
  { rule: 'range', column: columns.numeric[0], min: -90, max: 90, outside: 'clip' },
];

const rows = rowsFrom(23);
/** Added to, so that nothing is left out as unused. */
let sum = 0;

/** Microseconds that each row took. */
function ours(transform: FittedTransform): number[] {
  const through = throughRules(transform, 0);
  const took: number[] = [];
  for (let round = 0; round <= rounds; round++)
    for (const row of rows) {
      const start = process.hrtime.bigint();
      const features = applyTransform(transform, through(row));
      const microseconds = Number(process.hrtime.bigint() - start) / 1000;
      sum += features[0]!;
      // The first round warms up.
      if (round > 0) took.push(microseconds);
    }
  return took;
}

interface Theirs {
  readonly took: number[];
  readonly width: number;
}

function sklearn(): Theirs {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const python = peerPython('sklearn', [path.join(here, 'peers/single-row.requirements.txt')], '300 MB');
  const { numeric, bins, texts } = columns;
  const input = JSON.stringify({
    rows,
    columns: { numeric, bins, categories: columns.categories, texts },
    ...{ vocabulary: VOCABULARY, rounds: 1 },
  });
  const ran = spawnSync(python, [path.join(here, 'peers/single_row.py')], { input, maxBuffer: 2 ** 28 });
  if (ran.status !== 0) throw new Error(`scikit-learn failed:\n${ran.stderr.toString().slice(-2000)}`);
  return JSON.parse(ran.stdout.toString()) as Theirs;
}

const p99 = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length * 0.99)] ?? NaN;

const theirs = asked.peer === 'no' ? undefined : sklearn();
const results: Row[] = [];
for (const [name, rules, peer] of [
  ['30 columns', [], theirs],
  ['30 columns, through rules of cleaning', RULES, undefined],
] as const) {
  const transform = transformWith(rules);
  const width = featureNames(transform).length;
  const took = ours(transform);
  for (const [what, of] of [
    ['p50', median],
    ['p99', p99],
  ] as const) {
    const [mine, other] = [of(took), peer && of(peer.took)];
    results.push({
      case: `${name}, ${width} features, ${what} a row`,
      ours: round(mine),
      peer: other === undefined ? null : round(other),
      peerName: peer ? `scikit-learn, 28 columns, ${peer.width} features` : null,
      ratio: other === undefined ? null : round(mine / other),
      unit: 'µs, lower is better',
    });
  }
}
if (!Number.isFinite(sum)) throw new Error('features are not finite');

const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${rounds} rounds`;
if (asked.json)
  process.stdout.write(`${JSON.stringify({ bench: 'data/single-row', machine, rows: results }, null, 2)}\n`);
else {
  process.stdout.write(`${machine}\n`);
  for (const { case: name, ours: mine, peer, ratio, peerName } of results)
    process.stdout.write(
      `${name.padEnd(64)}${String(mine).padStart(8)}${String(peer ?? '').padStart(8)}${(ratio === null ? '' : `${ratio} ×`).padStart(12)}  ${peerName ?? ''}\n`,
    );
}
