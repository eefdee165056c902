/**
 * How the cost of a run grows with its nodes: time and processor a node, events and the longest payload of its histories,
 * memory of its worker, computed and all found. A map and a graph in layers, of light nodes, each size with a worker of
 * its own. `--keep` puts the rows into bench/engine/data/scale.json in place of those of the same size, and writes table,
 * line of best fit and plot of all that it holds into docs/.
 *
 *   npm run bench engine/scale -- [--json] [--keep] [--sizes=10,100,1000,2500,5000,10000] [--shapes=wide,layers] [--rounds=3]
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Probe, startServer } from '../../tests/matrix/harness.js';
import { historySize, processUse } from '../../tests/matrix/history-size.js';
import { median, round } from '../figures.js';
import { keepCurve, type Row } from './scale-curve.js';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '10,100,1000,2500,5000,10000' },
    shapes: { type: 'string', default: 'wide,layers' },
    rounds: { type: 'string', default: '3' },
    /** Writes profiles of the workers into the working folder. */
    profile: { type: 'boolean', default: false },
  },
});

async function measure(probe: Probe, shape: string, nodes: number): Promise<Row> {
  const pid = probe.workerPid ?? NaN;
  const salt = `${shape} ${nodes}`;
  const run = async (id: string): Promise<{ ms: number; cpuMs: number }> => {
    const before = processUse(pid);
    const start = performance.now();
    const outcome = await Promise.race([probe.run(shape, { salt, count: nodes }, { id }), probe.died()]);
    if (outcome.state === 'failed') throw outcome.error;
    return { ms: performance.now() - start, cpuMs: processUse(pid).cpuMs - before.cpuMs };
  };
  const megabytes = (): number => Math.round(processUse(pid).peakRss / 1e6);
  const idle = megabytes();
  const computed = await run(`${shape}-${nodes}`);
  const afterComputed = megabytes();
  const found: { ms: number; cpuMs: number }[] = [];
  for (let turn = 1; turn <= Number(asked.rounds); turn++) found.push(await run(`${shape}-${nodes}-again-${turn}`));
  const sizes = await historySize(probe.client.temporal, `${shape}-${nodes}`);
  const again = await historySize(probe.client.temporal, `${shape}-${nodes}-again-1`);
  return {
    case: salt,
    shape,
    nodes,
    computed: { ms: round(computed.ms / nodes), cpuMs: round(computed.cpuMs / nodes) },
    found: { ms: Math.round(median(found.map(({ ms }) => ms))), cpuMs: median(found.map(({ cpuMs }) => cpuMs)) },
    histories: sizes.events.length,
    events: Math.max(...sizes.events),
    payload: Math.max(sizes.largestPayload, again.largestPayload),
    memory: [idle, afterComputed, megabytes()],
  };
}

const load = (): string => loadavg()[0]?.toFixed(1) ?? '?';
const loadBefore = load();
const rows: Row[] = [];
const server = await startServer();
const execArgv = asked.profile ? ['--cpu-prof', `--cpu-prof-dir=${process.cwd()}`] : [];
try {
  for (const shape of asked.shapes.split(',').filter((one) => one !== '')) {
    for (const size of asked.sizes.split(',').map(Number)) {
      const probe = await Probe.start(server, { slots: 8, crashes: false, execArgv });
      try {
        rows.push(await measure(probe, shape, size));
        if (!asked.json) say(rows.at(-1));
      } finally {
        await probe.close();
      }
    }
  }
} finally {
  await server.stop();
}

function say(row: Row | undefined): void {
  if (!row) return;
  process.stdout.write(
    `${row.case.padEnd(14)} ${row.computed.ms} ms (${row.computed.cpuMs} of the processor) a node; ` +
      `found in ${row.found.ms} ms (${row.found.cpuMs}); ${row.histories} × at most ${row.events} events, ` +
      `payloads up to ${row.payload} bytes; worker ${row.memory.join(' → ')} MB\n`,
  );
}

const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadBefore} before and ${load()} after, Node ${process.version}`;
if (asked.keep) keepCurve(rows.map((row) => ({ ...row, machine })));
if (asked.json) process.stdout.write(`${JSON.stringify({ bench: 'engine/scale', machine, rows }, null, 2)}\n`);
else process.stdout.write(`${machine}\n`);
