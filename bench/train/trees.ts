/**
 * Boosted trees from Node beside LightGBM from Python and scikit-learn's HistGradientBoosting: 100 iterations of 31 leaves on 100,000 rows by
 * 20, two classes, the same number of threads. Seconds by the clock with the binning of the rows, medians: lower is better. The model's
 * text is compared with Python's byte for byte.
 *
 *   npm run bench train/trees -- [--json] [--rows=100000] [--rounds=5] [--threads=2]
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadLightgbm } from '../../plugins/kit/lightgbm.js';
import { median, round, type Row } from '../figures.js';
import { memoryMb } from '../memory.js';
import { peerPython } from '../peer-python.js';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
  },
});
const [rows, rounds, threads] = [Number(asked.rows), Number(asked.rounds), Number(asked.threads)];
const [width, iterations] = [20, 100];
const here = path.dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-bench-trees-'));

interface Peers {
  readonly lightgbm: readonly number[];
  readonly histogram: readonly number[];
  readonly model: string;
}

/** Our loop: an iteration at a time, so that it can be watched, ended and resumed. */
async function ours(): Promise<{ seconds: number[]; model: string; memory: number }> {
  const lightgbm = await loadLightgbm();
  const bytes = (name: string): ArrayBuffer => Uint8Array.from(readFileSync(path.join(folder, name))).buffer;
  const features = new Float64Array(bytes('features.bin'));
  const labels = new Float32Array(bytes('labels.bin'));
  const parameters = {
    objective: 'binary',
    learning_rate: 0.1,
    num_leaves: 31,
    min_data_in_leaf: 20,
    max_bin: 255,
    deterministic: true,
    force_row_wise: true,
    seed: 7,
    num_threads: threads,
    verbosity: -1,
  };
  let text = '';
  const once = (): number => {
    const began = performance.now();
    const data = lightgbm.dataset({ rows, width, features, labels }, parameters);
    const booster = lightgbm.booster(data, parameters);
    for (let iteration = 0; iteration < iterations; iteration++) booster.grow();
    const spent = (performance.now() - began) / 1000;
    text = booster.text();
    booster.free();
    data.free();
    return spent;
  };
  once();
  const seconds = Array.from({ length: rounds }, once);
  const bare = text.replace(/^\[num_threads: .*\]\n/m, '').trimEnd();
  return { seconds, model: createHash('sha256').update(bare).digest('hex'), memory: memoryMb([process.pid]) };
}

try {
  const python = peerPython('train-peers', [path.join(here, 'peers/requirements.txt')], '400 MB on disk');
  const given = [path.join(here, 'peers/trees.py'), folder, ...[rows, width, iterations, threads, rounds].map(String)];
  const peers = JSON.parse(execFileSync(python, given, { encoding: 'utf8' })) as Peers;
  const { seconds, model, memory } = await ours();
  const row = (name: string, peerName: string, all: readonly number[]): Row => ({
    case: name,
    ours: round(median(seconds)),
    peer: round(median(all)),
    peerName,
    ratio: round(median(seconds) / median(all)),
    unit: 's',
  });
  const all = [
    row('boosting from Node', 'LightGBM from Python', peers.lightgbm),
    row('boosting from Node', 'HistGradientBoosting', peers.histogram),
  ];
  const equal = model === peers.model;
  const machine = `${cpus()[0]?.model.trim()}, ${threads} threads, load ${loadavg()[0]!.toFixed(1)}, node ${process.version}`;
  if (asked.json)
    process.stdout.write(`${JSON.stringify({ bench: 'train/trees', machine, equal, memory, rows: all }, null, 2)}\n`);
  else {
    process.stdout.write(`${machine}\n`);
    for (const one of all)
      process.stdout.write(`${one.case}: ${one.ours} s, ${one.peerName} ${one.peer} s, ratio ${one.ratio}\n`);
    process.stdout.write(
      `the model is ${equal ? "Python's, byte for byte" : 'NOT that of Python'}; ${round(memory)} MB in use\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
