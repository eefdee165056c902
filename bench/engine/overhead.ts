/**
 * What the engine costs a node, beside Temporal by hand: the same shape of no-op Activities on a queue of their own,
 * the same server, slots and machine, ours and the peer's in turn. Light nodes run in the worker; isolated ones with
 * everything on (a process, artifacts, cache, lineage). Then runs whose nodes are all found. Milliseconds: lower is better.
 *
 *   npm run bench engine/overhead -- [--json] [--rounds=5] [--chain=100] [--map=500] [--found=1000] [--profile]
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Probe, startServer } from '../../tests/matrix/harness.js';
import { Peer } from './peer.js';

interface Row {
  readonly case: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly peerName: string | null;
  readonly ratio: number | null;
  readonly unit: string;
}

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    chain: { type: 'string', default: '100' },
    map: { type: 'string', default: '500' },
    found: { type: 'string', default: '1000' },
    /** Writes a profile of our worker into the working folder. */
    profile: { type: 'boolean', default: false },
  },
});
const rounds = Number(asked.rounds);
const SLOTS = 4;

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;
const round = (value: number): number => Number(value.toPrecision(3));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const server = await startServer();
const execArgv = asked.profile ? ['--cpu-prof', `--cpu-prof-dir=${process.cwd()}`] : [];
const probe = await Probe.start(server, { slots: SLOTS, execArgv });
const peer = await Peer.start(probe.client.temporal, { address: server.address, slots: SLOTS });
const rows: Row[] = [];
let runs = 0;

async function ours(shape: 'chain' | 'map', count: number, light: boolean, salt = `salt ${++runs}`): Promise<void> {
  const outcome = await probe.run(`noop-${shape}`, { salt, count, light }, { id: `run-${++runs}` });
  if (outcome.state === 'failed') throw outcome.error;
  const { total, value } = outcome.result as { total?: number; value?: { n: number } };
  if ((total ?? value?.n) !== count) throw new Error(`${shape} of ${count} gave ${JSON.stringify(outcome.result)}`);
}

async function byHand(shape: 'chain' | 'map', count: number): Promise<void> {
  if ((await peer.run(shape, count)) !== count) throw new Error(`the peer's ${shape} of ${count} is wrong`);
}

async function compare(shape: 'chain' | 'map', count: number): Promise<void> {
  const times = { light: [] as number[], isolated: [] as number[], hand: [] as number[] };
  for (let turn = 0; turn <= rounds; turn++) {
    const took = {
      hand: await timed(() => byHand(shape, count)),
      light: await timed(() => ours(shape, count, true)),
      isolated: await timed(() => ours(shape, count, false)),
    };
    // The first turn warms up.
    if (turn > 0) for (const kind of ['hand', 'light', 'isolated'] as const) times[kind].push(took[kind] / count);
  }
  for (const kind of ['light', 'isolated'] as const) {
    const [mine, theirs] = [median(times[kind]), median(times.hand)];
    rows.push({
      case: `${shape} of ${count}, ${kind === 'light' ? 'light nodes' : 'everything on'}, p50 a node`,
      ours: round(mine),
      peer: round(theirs),
      peerName: 'Temporal by hand',
      ratio: round(mine / theirs),
      unit: 'ms, lower is better',
    });
  }
}

async function found(shape: 'chain' | 'map', count: number): Promise<void> {
  const salt = `found ${shape}`;
  await ours(shape, count, true, salt);
  const times: number[] = [];
  for (let turn = 0; turn < rounds; turn++) times.push(await timed(() => ours(shape, count, true, salt)));
  const name = `${shape} of ${count}, all found, p50 of a whole run`;
  const unit = 'ms, lower is better';
  rows.push({ case: name, ours: round(median(times)), peer: null, peerName: null, ratio: null, unit });
}

try {
  await compare('chain', Number(asked.chain));
  await compare('map', Number(asked.map));
  await found('chain', Number(asked.found));
  await found('map', Number(asked.found));
} finally {
  peer.close();
  await probe.close();
  await server.stop();
}

const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${rounds} rounds`;
if (asked.json) process.stdout.write(`${JSON.stringify({ bench: 'engine/overhead', machine, rows }, null, 2)}\n`);
else {
  process.stdout.write(`${machine}; Temporal by hand beside it\n`);
  for (const { case: name, ours: mine, peer: theirs, ratio } of rows)
    process.stdout.write(
      `${name.padEnd(52)}${String(mine).padStart(8)}${String(theirs ?? '').padStart(8)}${(ratio === null ? '' : `${ratio} ×`).padStart(9)}\n`,
    );
}
