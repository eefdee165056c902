/**
 * Nets beside Keras: a dense net on 20,000 rows by 32, a CNN on pictures of 28×28, an LSTM and a small Transformer over 20 steps by 8, the
 * same data, parameters, batches and threads. Each training has a process of its own, ours and the peer's in turn. Of each the time of
 * an epoch, by the clock and of the processor (medians of all but the first), the time from the start of the process to the end
 * of the first epoch, and the most memory. Ours reads Parquet and fits its features within that time, the peer an array from a file.
 *
 *   npm run bench train/nets -- [--json] [--rounds=3] [--threads=2] [--epochs=6] [--cases=dense,cnn,lstm,transformer]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { randomFrom } from '@trainyard/numeric';
import { withDatabase, writeTable, sql, type Column, type TableRow } from '@trainyard/tables';
import { median, round, type Row } from '../figures.js';
import { peerPython } from '../peer-python.js';
import { NETS, type NetCase } from './net-cases.js';
import { trainOnce, type Marks } from './net-training.js';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    epochs: { type: 'string', default: '6' },
    cases: { type: 'string', default: Object.keys(NETS).join(',') },
    // What a process of its own trains: a request as JSON.
    ours: { type: 'string' },
  },
});
const [rounds, threads, epochs] = [Number(asked.rounds), Number(asked.threads), Number(asked.epochs)];
const here = path.dirname(fileURLToPath(import.meta.url));

/** Classes that follow from the features, with some noise; pictures and sequences are rows of as many columns. */
async function prepare(folder: string, { rows, width, classes }: NetCase): Promise<void> {
  const random = randomFrom(7);
  const features = new Float32Array(rows * width).map(() => random.uniform());
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const sums = Array.from({ length: classes }, (_c, k) => {
      let sum = random.uniform();
      for (let j = k; j < width; j += classes) sum += features[row * width + j]!;
      return sum;
    });
    return sums.indexOf(Math.max(...sums));
  });
  writeFileSync(path.join(folder, 'features.bin'), new Uint8Array(features.buffer));
  writeFileSync(path.join(folder, 'labels.bin'), new Uint8Array(labels.buffer));
  const columns: Column[] = [
    { name: 'y', type: 'text' },
    ...Array.from({ length: width }, (_, i): Column => ({ name: `x${i}`, type: 'number' })),
  ];
  const table = Array.from({ length: rows }, (_, row): TableRow => {
    const cells = Array.from({ length: width }, (_x, j) => [`x${j}`, features[row * width + j]!]);
    return { y: `class ${labels[row]}`, ...Object.fromEntries(cells) };
  });
  await withDatabase({}, async (database) => {
    await database.insert('given', columns, table);
    const written = await writeTable(database, sql`FROM given`, folder, 'train');
    writeFileSync(path.join(folder, 'table.json'), JSON.stringify(written));
  });
}

interface Measured {
  readonly epoch: number;
  readonly processor: number;
  readonly start: number;
  readonly startProcessor: number;
  readonly mb: number;
  readonly again: number;
  readonly againProcessor: number;
}

function measured({ marks, mb, again = [NaN, NaN] }: Marks): Measured {
  const between = (k: 0 | 1): number[] => marks.slice(2).map((mark, i) => (mark[k] - marks[i + 1]![k]) / 1000);
  const [clock, processor] = marks[1]!;
  return {
    epoch: median(between(0)),
    processor: median(between(1)),
    start: clock / 1000,
    startProcessor: processor / 1000,
    mb,
    again: again[0] / 1000,
    againProcessor: again[1] / 1000,
  };
}

const read = (program: string, args: readonly string[]): Marks =>
  JSON.parse(
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
      .trim()
      .split('\n')
      .at(-1)!,
  ) as Marks;

async function compare(python: string, name: string): Promise<Row[]> {
  const net = NETS[name]!;
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-bench-nets-'));
  try {
    await prepare(folder, net);
    const [ours, theirs]: [Measured[], Measured[]] = [[], []];
    for (let i = 0; i < rounds; i++) {
      const request = { name, folder, threads, epochs, began: Date.now() };
      const mine = read(process.execPath, [process.argv[1]!, `--ours=${JSON.stringify(request)}`]);
      const given = [name, folder, net.rows, threads, epochs, net.batchSize, Date.now()].map(String);
      const peer = read(python, [path.join(here, 'peers/nets.py'), ...given]);
      if (mine.parameters !== peer.parameters)
        throw new Error(`${name}: ours has ${mine.parameters} parameters, the peer ${peer.parameters}`);
      process.stderr.write(`${name}: losses at the end ${round(mine.loss)} and ${round(peer.loss)}; ${mine.said}\n`);
      ours.push(measured(mine));
      theirs.push(measured(peer));
    }
    const row = (what: string, unit: string, of: (one: Measured) => number): Row => {
      const [mine, peer] = [median(ours.map(of)), median(theirs.map(of))];
      const ratio = round(mine / peer);
      return { case: `${net.title}, ${what}`, ours: round(mine), peer: round(peer), peerName: 'Keras', ratio, unit };
    };
    const alone = (what: string, of: (one: Measured) => number): Row => {
      const mine = round(median(ours.map(of)));
      return { case: `${net.title}, ${what}`, ours: mine, peer: null, peerName: null, ratio: null, unit: 's' };
    };
    return [
      row('epoch', 's', ({ epoch }) => epoch),
      row('epoch, processor', 's', ({ processor }) => processor),
      row('start and first epoch', 's', ({ start }) => start),
      row('start and first epoch, processor', 's', ({ startProcessor }) => startProcessor),
      row('peak memory', 'MB', ({ mb }) => mb),
      alone('a second training in the process, until its first step', ({ again }) => again),
      alone('a second training, until its first step, processor', ({ againProcessor }) => againProcessor),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (asked.ours !== undefined)
  process.stdout.write(`${JSON.stringify(await trainOnce(JSON.parse(asked.ours) as never))}\n`);
else {
  const python = peerPython('train-nets', [path.join(here, 'peers/nets.requirements.txt')], '1.2 GB on disk');
  const rows: Row[] = [];
  for (const name of asked.cases.split(',')) {
    rows.push(...(await compare(python, name)));
    process.stderr.write(`${JSON.stringify(rows.filter((row) => row.case.startsWith(NETS[name]!.title)))}\n`);
  }
  const machine = `${cpus()[0]?.model.trim()}, ${threads} threads, load ${loadavg()[0]!.toFixed(1)}, node ${process.version}`;
  if (asked.json) process.stdout.write(`${JSON.stringify({ bench: 'train/nets', machine, rows }, null, 2)}\n`);
  else {
    process.stdout.write(`${machine}\n`);
    for (const one of rows)
      process.stdout.write(
        `${one.case}: ${one.ours} ${one.unit}${one.peer === null ? '' : `, Keras ${one.peer} ${one.unit}, ratio ${one.ratio}`}\n`,
      );
  }
}
