import { cp, link, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cleanTableNode, applyFittedNode, fitCleaningNode } from '../../plugins/clean/worker.js';
import { profileNode } from '../../plugins/explore/worker.js';
import { applyFeaturesNode, fitFeaturesNode } from '../../plugins/features/worker.js';
import { parseNode, snapshotNode } from '../../plugins/ingest/worker.js';
import { FileStore } from '../../store/files.js';
import { runNode, type NodeRun, type RunNodeOptions } from '../../worker/testing/run-node.js';
import type { Implementation } from '../../worker/index.js';
import { peakMb } from './process-memory.js';

/** What one contender's work took. */
export interface Took {
  readonly seconds: number;
  /** Of the processors, user and system together. */
  readonly cpu: number;
  readonly peakMb: number;
  readonly rows: number;
  readonly columns: number;
  /** The same for each part, where parts are told apart; `peakMb` is the most up to its end. */
  readonly steps: Readonly<Record<string, Pick<Took, 'seconds' | 'cpu' | 'peakMb'>>>;
}

export type Task = 'prepare' | 'profile';
/** What a task reads and writes, and the folder for what it keeps meanwhile. */
export interface Files {
  readonly source: string;
  readonly target: string;
  readonly scratch: string;
}

const NUMBERS = ['age', 'amount', 'visits', 'score'];
const NAMES = ['city', 'channel'];
/** The file that a table is. */
const TABLE = 'data.parquet';

/** Runs a task with our nodes, one after the other, as a worker does: with keys, checks, reports, quarantine, digests and a store. */
export async function ours(task: Task, { source, target, scratch }: Files): Promise<Took> {
  const store = new FileStore(join(scratch, 'store'));
  const steps: Record<string, Took['steps'][string]> = {};
  const whole = stopwatch();
  const step = async (name: string, node: Implementation, options: Omit<RunNodeOptions, 'store'>): Promise<NodeRun> => {
    const one = stopwatch();
    const run = await runNode(node, { ...options, store });
    steps[name] = one();
    return run;
  };
  const sizeOf = (run: NodeRun, port = 'out'): { rows: number; columns: number } => {
    const { rows, columns } = run.outputs[port]!.value as { rows: number; columns: readonly unknown[] | number };
    return { rows, columns: typeof columns === 'number' ? columns : columns.length };
  };
  if (task === 'profile') {
    const table = { value: {}, files: { [TABLE]: { path: source } } };
    const profiled = await step('explore.profile', profileNode, { params: { label: 'paid' }, inputs: { table } });
    return { ...whole(), ...sizeOf(profiled), steps };
  }
  // A path of a project is relative to its folder.
  process.chdir(dirname(source));
  const taken = await step('ingest.snapshot', snapshotNode, { params: { source } });
  const read = await step('ingest.parse', parseNode, { inputs: { source: taken.output } });
  const single = await step('clean.table', cleanTableNode, {
    params: { rules: [{ rule: 'duplicates', by: ['id'], keep: 'first' }] },
    inputs: { table: read.output },
  });
  const table = single.outputs['table']!;
  const learnt = await step('clean.fit', fitCleaningNode, {
    params: {
      rules: [
        { rule: 'impute', columns: NUMBERS, by: 'median' },
        { rule: 'impute', columns: NAMES, by: 'mode' },
      ],
    },
    inputs: { train: table },
  });
  const filled = await step('clean.apply', applyFittedNode, { inputs: { table, cleaning: learnt.output } });
  const fitted = await step('features.fit', fitFeaturesNode, {
    params: { recipe: { numeric: NUMBERS, categorical: NAMES, label: 'paid' } },
    inputs: { table: filled.outputs['table'] },
  });
  const features = await step('features.apply', applyFeaturesNode, {
    params: { keep: ['id', 'paid'] },
    inputs: { table: filled.outputs['table'], prep: fitted.outputs['transform'] },
  });
  const took = { ...whole(), ...sizeOf(features, 'table'), steps };
  await keep(await read.output.path(TABLE), target);
  return took;
}

/** The table as read is what is profiled afterwards, by all. */
async function keep(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await link(from, to).catch(() => cp(from, to));
}

function stopwatch(): () => Pick<Took, 'seconds' | 'cpu' | 'peakMb'> {
  const [clock, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { seconds: (performance.now() - clock) / 1e3, cpu: (user + system) / 1e6, peakMb: peakMb() };
  };
}
