/**
 * What the engine costs a node, beside Temporal by hand: the same shape of no-op Activities, the same server and
 * machine, ours and the peers' in turn. Isolated nodes with everything on (a process, artifacts, cache, lineage) beside
 * Activities of as many slots on a queue of their own; light nodes beside Activities of a queue with the SDK's slots, and
 * beside Local Activities. Then runs whose nodes are all found. Milliseconds, by the clock and of the processors: lower
 * is better. `--chain=0`, `--map=0` and `--found=0` leave that part out. `--against` names a clone of another state, built:
 * its worker takes turns with ours.
 *
 *   npm run bench engine/overhead -- [--json] [--rounds=5] [--chain=100] [--map=500] [--found=1000] [--profile] [--against=FOLDER]
 */
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Probe, startServer } from '../../tests/matrix/harness.js';
import { cpuMs, cpuMsOfAll } from './cpu-time.js';
import { Peer } from './peer.js';
import type { ByHand } from './peer-workflows.js';
import { median, round, type Row } from '../figures.js';

/** What one turn took, in ms: by the clock, and of the processors in the server and in the worker with its children. */
interface Took {
  readonly ms: number;
  readonly server: number;
  readonly worker: number;
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
    against: { type: 'string' },
  },
});
const rounds = Number(asked.rounds);
const SLOTS = 4;

async function timed(worker: number, work: () => Promise<unknown>): Promise<Took> {
  const before = { server: cpuMs(server.pid), worker: cpuMsOfAll(worker), ms: performance.now() };
  await work();
  const ms = performance.now() - before.ms;
  return { ms, server: cpuMs(server.pid) - before.server, worker: cpuMsOfAll(worker) - before.worker };
}

const server = await startServer();
const execArgv = asked.profile ? ['--cpu-prof', `--cpu-prof-dir=${process.env.PROF ?? process.cwd()}`] : [];
const probe = await Probe.start(server, { slots: SLOTS, crashes: false, execArgv });
const former =
  asked.against === undefined
    ? undefined
    : await Probe.start(server, { slots: SLOTS, crashes: false, package: path.resolve(asked.against) });
const peer = await Peer.start(probe.client.temporal, { address: server.address, slots: SLOTS });
const workerDeath = probe.died();
workerDeath.catch(() => undefined);
const rows: Row[] = [];
let runs = 0;

async function ours(
  shape: 'chain' | 'map',
  count: number,
  light: boolean,
  salt = `salt ${++runs}`,
  on = probe,
): Promise<void> {
  const run = on.run(`noop-${shape}`, { salt, count, light }, { id: `run-${++runs}` });
  const outcome = await Promise.race([run, workerDeath]);
  if (outcome.state === 'failed') throw outcome.error;
  const { total, value } = outcome.result as { total?: number; value?: { n: number } };
  if ((total ?? value?.n) !== count) throw new Error(`${shape} of ${count} gave ${JSON.stringify(outcome.result)}`);
}

async function byHand(shape: 'chain' | 'map', how: ByHand, count: number): Promise<void> {
  if ((await peer.run(shape, how, count)) !== count) throw new Error(`the peer's ${shape} of ${count} is wrong`);
}

/** Who is compared with whom: nodes of a pool with its like, light ones with both ways in which one would write them. */
const PAIRS = [
  ['everything on', 'slots', 'Temporal by hand, as many slots'],
  ['light nodes', 'wide', "Temporal by hand, the SDK's slots"],
  ['light nodes', 'local', 'Local Activities by hand'],
  ...(former
    ? ([
        ['everything on', 'everything on, the other', 'the other build'],
        ['light nodes', 'light nodes, the other', 'the other build'],
      ] as const)
    : []),
] as const;

async function compare(shape: 'chain' | 'map', count: number): Promise<void> {
  const ways = {
    slots: () => timed(peer.pid, () => byHand(shape, 'slots', count)),
    wide: () => timed(peer.pid, () => byHand(shape, 'wide', count)),
    local: () => timed(peer.pid, () => byHand(shape, 'local', count)),
    'light nodes': () => timed(pidOf(probe), () => ours(shape, count, true)),
    'everything on': () => timed(pidOf(probe), () => ours(shape, count, false)),
    ...(former && {
      'light nodes, the other': () => timed(pidOf(former), () => ours(shape, count, true, undefined, former)),
      'everything on, the other': () => timed(pidOf(former), () => ours(shape, count, false, undefined, former)),
    }),
  };
  const took: Record<string, Took[]> = {};
  for (let turn = 0; turn <= rounds; turn++) {
    for (const [name, run] of Object.entries(ways)) {
      const one = await run();
      // The first turn warms up.
      if (turn > 0) (took[name] ??= []).push(one);
    }
  }
  const p50 = (name: string, of: keyof Took): number => median((took[name] ?? []).map((one) => one[of] / count));
  for (const [name, by, peerName] of PAIRS) {
    for (const [of, what] of [
      ['ms', 'p50 a node'],
      ['server', 'processor time of the server a node'],
      ['worker', 'processor time of the worker a node'],
    ] as const) {
      const [mine, theirs] = [p50(name, of), p50(by, of)];
      rows.push({
        case: `${shape} of ${count}, ${name}, ${what}`,
        ours: round(mine),
        peer: round(theirs),
        peerName,
        ratio: round(mine / theirs),
        unit: 'ms, lower is better',
      });
    }
  }
}

async function found(shape: 'chain' | 'map', count: number): Promise<void> {
  const salt = `found ${shape}`;
  await ours(shape, count, true, salt);
  const took: Took[] = [];
  for (let turn = 0; turn < rounds; turn++) took.push(await timed(pidOf(probe), () => ours(shape, count, true, salt)));
  for (const [of, what] of [
    ['ms', 'p50 of a whole run'],
    ['worker', 'processor time of the worker'],
  ] as const) {
    const name = `${shape} of ${count}, all found, ${what}`;
    const mine = round(median(took.map((one) => one[of])));
    rows.push({ case: name, ours: mine, peer: null, peerName: null, ratio: null, unit: 'ms, lower is better' });
  }
}

function pidOf({ workerPid, said }: Probe): number {
  if (workerPid === undefined) throw new Error(`our worker is gone:\n${said}`);
  return workerPid;
}

try {
  if (asked.chain !== '0') await compare('chain', Number(asked.chain));
  if (asked.map !== '0') await compare('map', Number(asked.map));
  if (asked.found !== '0') await found('chain', Number(asked.found));
  if (asked.found !== '0') await found('map', Number(asked.found));
} finally {
  peer.close();
  await probe.close();
  await former?.close();
  await server.stop();
}

const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${rounds} rounds`;
if (asked.json) process.stdout.write(`${JSON.stringify({ bench: 'engine/overhead', machine, rows }, null, 2)}\n`);
else {
  process.stdout.write(`${machine}\n`);
  for (const { case: name, ours: mine, peer: theirs, ratio, peerName } of rows)
    process.stdout.write(
      `${name.padEnd(64)}${String(mine).padStart(8)}${String(theirs ?? '').padStart(8)}${(ratio === null ? '' : `${ratio} ×`).padStart(9)}  ${peerName ?? ''}\n`,
    );
}
