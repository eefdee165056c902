/**
 * How the cost of a study grows with its trials: time by the clock and of the worker's processor a trial, tenth by tenth,
 * memory of the worker, events and the longest payload of its histories. Trials of one light node, so all that is
 * measured is the study; each case has a worker of its own.
 *
 *   npm run bench engine/studies -- [--json] [--sizes=1000,5000] [--samplers=random,tpe] [--parallel=8]
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { readStudy } from '../../client/study/studies.js';
import { Probe, startServer } from '../../tests/matrix/harness.js';
import { historySize, processUse } from '../../tests/matrix/history-size.js';
import { round } from '../figures.js';

interface Row {
  readonly case: string;
  readonly sampler: string;
  readonly trials: number;
  /** ms a trial by the clock, and of the worker's processor. */
  readonly ms: number;
  readonly cpuMs: number;
  /** ms a trial by the clock, in each tenth of them. */
  readonly tenths: readonly number[];
  /** Parts of the study: histories that continue each other, the most events of one, and bytes of the longest payload. */
  readonly histories: number;
  readonly events: number;
  readonly payload: number;
  /** MB of the worker at most: idle, and after. */
  readonly memory: readonly [idle: number, most: number];
}

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '1000,5000' },
    samplers: { type: 'string', default: 'random,tpe' },
    parallel: { type: 'string', default: '8' },
    /** Writes profiles of the workers into the working folder. */
    profile: { type: 'boolean', default: false },
  },
});

async function measure(probe: Probe, sampler: string, trials: number): Promise<Row> {
  const pid = probe.workerPid ?? NaN;
  const id = `${sampler}-${trials}`;
  const idle = processUse(pid);
  const options = { trials, parallel: Number(asked.parallel), sampler };
  const outcome = await Promise.race([probe.run('many-trials', { salt: id, options }, { id }), probe.died()]);
  if (outcome.state === 'failed') throw outcome.error;
  const after = processUse(pid);
  const study = await readStudy({ store: probe.client.store }, `${id}/tune`);
  if (study?.counts.complete !== trials) throw new Error(`${id}: ${study?.counts.complete} of ${trials} trials`);
  const sizes = await historySize(probe.client.temporal, `${id}/tune`);
  const at = (trial: number): number => study.trials[trial]?.startedAt ?? study.endedAt ?? NaN;
  const took = (from: number, to: number): number => round((at(to) - at(from)) / (to - from));
  const edges = Array.from({ length: 11 }, (_, tenth) => Math.floor((tenth * trials) / 10));
  return {
    case: `${sampler} ${trials}`,
    sampler,
    trials,
    ms: took(0, trials),
    cpuMs: round((after.cpuMs - idle.cpuMs) / trials),
    tenths: edges.slice(1).map((edge, tenth) => took(edges[tenth] ?? 0, edge)),
    histories: sizes.events.length,
    events: Math.max(...sizes.events),
    payload: sizes.largestPayload,
    memory: [Math.round(idle.peakRss / 1e6), Math.round(after.peakRss / 1e6)],
  };
}

const rows: Row[] = [];
const server = await startServer();
const execArgv = asked.profile ? ['--cpu-prof', `--cpu-prof-dir=${process.cwd()}`] : [];
try {
  for (const sampler of asked.samplers.split(',')) {
    for (const size of asked.sizes.split(',').map(Number)) {
      const probe = await Probe.start(server, { slots: 8, crashes: false, execArgv });
      try {
        rows.push(await measure(probe, sampler, size));
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
    `${row.case.padEnd(14)} ${row.ms} ms (${row.cpuMs} of the processor) a trial, by tenths ${row.tenths.join(' ')}; ` +
      `${row.histories} × at most ${row.events} events, payloads up to ${row.payload} bytes; ` +
      `worker ${row.memory.join(' → ')} MB\n`,
  );
}

const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`;
if (asked.json) process.stdout.write(`${JSON.stringify({ bench: 'engine/studies', machine, rows }, null, 2)}\n`);
else process.stdout.write(`${machine}\n`);
