/**
 * From the start of the command `trainyard run` to the start of the first node's Activity, with the services and a worker
 * up: what a person waits for; and from an edit of a pipeline, when the command follows at once. Beside it two programs on
 * Temporal by hand: one that only asks a worker that is up, and one that brings its own. Each is a process of its own, in turn; the end is the time in the run's history. Milliseconds.
 * Then the memory of what stays up, at rest: `trainyard dev` with all that it has started, and by hand the same Temporal
 * server with a worker. Lower is better.
 *
 *   npm run bench cli/cold-start -- [--json] [--rounds=5]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { build } from 'esbuild';
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupt, TestProject } from '../../tests/cli/harness.js';
import type { PeerSettings } from './peer-script.js';
import { median, round, type Row } from '../figures.js';
import { memoryMb } from '../memory.js';

const { values: asked } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
});
const rounds = Number(asked.rounds);
const here = fileURLToPath(new URL('.', import.meta.url));

/** When the first Activity of a run that is not a local one was taken up by a worker, ms since the epoch. */
async function firstStarted(client: Client, id: string): Promise<number> {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  const started = events?.find((event) => event.activityTaskStartedEventAttributes);
  const { seconds, nanos } = started?.eventTime ?? {};
  if (!seconds) throw new Error(`${id} has started no node`);
  return Number(seconds) * 1000 + (nanos ?? 0) / 1e6;
}

/** Runs a program to its end; gives when it was started. */
async function ran(program: string, settings: PeerSettings): Promise<number> {
  const began = Date.now();
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: 'ignore',
  });
  const code = await new Promise((ended) => child.once('exit', ended));
  if (code !== 0) throw new Error(`the peer ended with ${String(code)}`);
  return began;
}

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-cold-'));
symlinkSync(path.join(here, '..', '..', 'node_modules'), path.join(folder, 'node_modules'));
const program = path.join(folder, 'by-hand.mjs');
const workflows = path.join(here, 'peer-workflow.ts');
await build({
  entryPoints: [path.join(here, 'peer-script.ts')],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
});
const project = new TestProject();
const PIPELINE = 'pipelines/toy.ts';
const pipeline = project.read(PIPELINE);

async function runSlowly(id: string): Promise<void> {
  const params = ['-p', `tag=${id}`, '-p', 'steps=1', '-p', 'ms=1'];
  const ended = await project.run('run', 'slowly', ...params, '--id', id, '--json');
  if (ended.code !== 0) throw new Error(ended.all);
}

/** A worker syncs schedules and notes pipelines once an edit is served. */
const SETTLED_MS = 2_000;
/** At rest: no command runs, and what is kept for the next edit alone has ended. */
const AT_REST_MS = 10_000;
const memory = { ours: NaN, peer: NaN };
const times = { ours: [] as number[], edited: [] as number[], client: [] as number[], whole: [] as number[] };
try {
  const dev = await project.dev();
  const { temporal: address } = project.addresses();
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  for (let turn = 0; turn <= rounds; turn++) {
    const id = `cold-${turn}`;
    const began = Date.now();
    await runSlowly(id);
    const ours = (await firstStarted(client, id)) - began;
    const whole = await ran(program, { address, id: `whole-${turn}`, workflows });
    const byWhole = (await firstStarted(client, `whole-${turn}`)) - whole;
    // The first turn fills the caches of the disk.
    if (turn === 0) continue;
    times.ours.push(ours);
    times.whole.push(byWhole);
  }
  // A worker by hand that is up, for the program that only asks.
  const up = spawn(process.execPath, [program, JSON.stringify({ address, id: 'stays', workflows, stays: true })], {
    stdio: 'ignore',
  });
  for (let turn = 0; turn <= rounds; turn++) {
    const id = `client-${turn}`;
    const began = await ran(program, { address, id });
    if (turn > 0) times.client.push((await firstStarted(client, id)) - began);
  }
  await sleep(AT_REST_MS);
  const processes = project.processes();
  memory.ours = memoryMb(processes.map(({ pid }) => pid));
  const server = processes.filter(({ command }) => command.includes('start-dev')).map(({ pid }) => pid);
  memory.peer = memoryMb([...server, ...(up.pid === undefined ? [] : [up.pid])]);
  up.kill('SIGKILL');
  for (let turn = 0; turn <= rounds; turn++) {
    const id = `edited-${turn}`;
    const began = Date.now();
    project.write(PIPELINE, `${pipeline}\nexport const edited = pipeline('edited-${turn}', {}, () => 'as it is');\n`);
    await runSlowly(id);
    // The first edit loads the bundler.
    if (turn > 0) times.edited.push((await firstStarted(client, id)) - began);
    // What an edit leaves to be done is not the next one's.
    await sleep(SETTLED_MS);
  }
  await connection.close();
  await interrupt(dev);
} finally {
  await project.remove();
  rmSync(folder, { recursive: true, force: true });
}

const row = (name: string, ours: number, peer: number, peerName: string, unit: string): Row => ({
  case: name,
  ours: round(ours),
  peer: round(peer),
  peerName,
  ratio: round(ours / peer),
  unit: `${unit}, lower is better`,
});
const [ours, edited, client, whole] = [times.ours, times.edited, times.client, times.whole].map(median);
const rows = [
  row('from the command to the first node, p50', ours ?? NaN, client ?? NaN, 'by hand, asks a worker', 'ms'),
  row('from the command to the first node, p50', ours ?? NaN, whole ?? NaN, 'by hand, brings its worker', 'ms'),
  // By hand, too, a worker that is started anew is what takes up an edit.
  row('from an edit to the first node, p50', edited ?? NaN, whole ?? NaN, 'by hand, brings its worker', 'ms'),
  row('memory of what stays up, at rest', memory.ours, memory.peer, 'by hand, server and worker', 'MB'),
];
const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${rounds} rounds`;
if (asked.json) process.stdout.write(`${JSON.stringify({ bench: 'cli/cold-start', machine, rows }, null, 2)}\n`);
else {
  process.stdout.write(`${machine}\n`);
  for (const { case: name, ours, peer, peerName, ratio, unit } of rows) {
    const [short = ''] = unit.split(',');
    process.stdout.write(`${name}: ${ours} ${short}; ${peerName}: ${peer} ${short}; ${ratio} ×\n`);
  }
}
