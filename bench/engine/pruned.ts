/**
 * How soon a trial that is pruned has given its slot to the next: from the report that decides about it to the first step
 * of the next trial, in a pool of one slot. Once with a node that reports again soon, and so hears of it; once with one
 * that is within a step of a minute and does not listen, and is killed.
 *
 *   npm run bench engine/pruned -- [--json] [--trials=40]
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { readStudy } from '../../client/study/studies.js';
import { Probe, startServer } from '../../tests/matrix/harness.js';
import { median, round } from '../figures.js';

const { values: asked } = parseArgs({
  options: { json: { type: 'boolean', default: false }, trials: { type: 'string', default: '40' } },
});

interface Row {
  readonly case: string;
  /** Trials that were pruned, and another after them. */
  readonly pruned: number;
  /** ms from the report after which it was pruned to the first step of the next trial. */
  readonly median: number;
  readonly most: number;
}

async function measure(probe: Probe, name: string, params: object): Promise<Row> {
  const options = {
    trials: Number(asked.trials),
    sampler: 'sobol',
    pruner: { name: 'median', startup: 2 },
    parallel: 1,
  };
  const outcome = await probe.run('climbed', { salt: name, options, params } as never, { id: name });
  if (outcome.state === 'failed') throw outcome.error;
  const trials = (await readStudy({ store: probe.client.store }, `${name}/tune`))?.trials ?? [];
  // A step begins as soon as the one before has reported.
  const steps = new Map(probe.events(name).map(({ label, at }) => [label, at]));
  const gaps = trials.flatMap(({ state, params: { x }, reports }, n) => {
    const reported = steps.get(`${x} 0 ${(reports.at(-1)?.[0] ?? 0) + 1}`);
    const next = steps.get(`${trials[n + 1]?.params['x']} 0 1`);
    return state === 'pruned' && reported !== undefined && next !== undefined ? [next - reported] : [];
  });
  return { case: name, pruned: gaps.length, median: round(median(gaps)), most: Math.max(...gaps) };
}

const server = await startServer();
const probe = await Probe.start(server, { slots: 1, crashes: false });
const rows: Row[] = [];
try {
  rows.push(await measure(probe, 'listens', { steps: 9, ms: 200 }));
  rows.push(await measure(probe, 'deaf', { steps: 9, ms: 20, slowBelow: 0.3 }));
} finally {
  await probe.close();
  await server.stop();
}
const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`;
if (asked.json) process.stdout.write(`${JSON.stringify({ bench: 'engine/pruned', machine, rows }, null, 2)}\n`);
else {
  for (const row of rows)
    process.stdout.write(
      `${row.case.padEnd(8)} ${row.pruned} pruned: median ${row.median} ms, at most ${row.most} ms\n`,
    );
  process.stdout.write(`${machine}\n`);
}
