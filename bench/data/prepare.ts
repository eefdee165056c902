/**
 * From a CSV file to features, and a full profile: five million rows, 285 MB. Ours with its nodes (types decided over
 * all rows, row identities, reports, quarantine, digests), and the same by hand in pandas, polars and DuckDB, in turn,
 * each in a process of its own, on all cores. Time by the clock, of the processors, and the most memory: lower is better.
 * `--peers` names those that are asked, `--tasks` what is done, `--folder` keeps the files there.
 *
 *   npm run bench data/prepare -- [--json] [--rows=5000000] [--rounds=3] [--peers=pandas,polars,duckdb] [--tasks=prepare,profile] [--folder=FOLDER]
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { median, round, type Row } from '../figures.js';
import { peerPython } from '../peer-python.js';
import { writeOrders } from './orders.js';
import { ours, type Task, type Took } from './ours.js';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '5000000' },
    rounds: { type: 'string', default: '3' },
    peers: { type: 'string', default: 'pandas,polars,duckdb' },
    tasks: { type: 'string', default: 'prepare,profile' },
    folder: { type: 'string' },
    /** This program itself, as one contender: the files of the task, as JSON. */
    as: { type: 'string' },
  },
});

if (asked.as === undefined) await compare();
else {
  const { task, ...files } = JSON.parse(asked.as) as { task: Task; source: string; target: string; scratch: string };
  process.stdout.write(`${JSON.stringify(await ours(task, files))}\n`);
}

async function compare(): Promise<void> {
  const rows = Number(asked.rows);
  const peers = asked.peers.split(',').filter((name) => name !== '');
  const folder = asked.folder ?? mkdtempSync(join(tmpdir(), 'trainyard-prepare-'));
  mkdirSync(folder, { recursive: true });
  const here = fileURLToPath(new URL('./peers/', import.meta.url));
  const python =
    peers.length === 0 ? '' : peerPython('prepare-peers', [join(here, 'requirements.txt')], '400 MB on disk');
  const took: Record<string, Record<string, Took[]>> = {};
  try {
    const csv = join(folder, `orders-${rows}.csv`);
    if (!existsSync(csv)) {
      const { bytes, sha256 } = writeOrders(csv, rows);
      process.stderr.write(`${rows} rows, ${(bytes / 1e6).toFixed(0)} MB, sha256 ${sha256.slice(0, 16)}\n`);
    }
    const table = join(folder, `orders-${rows}.parquet`);
    for (const task of asked.tasks.split(',') as Task[]) {
      const source = task === 'prepare' ? csv : table;
      for (let turn = 0; turn < Number(asked.rounds); turn++) {
        const scratch = join(folder, 'scratch');
        for (const name of ['ours', ...peers]) {
          mkdirSync(scratch, { recursive: true });
          const target = name === 'ours' ? table : join(scratch, 'features.parquet');
          const said = JSON.stringify({ task, source, target, scratch });
          const [program, args] =
            name === 'ours'
              ? [process.execPath, [process.argv[1]!, '--as', said]]
              : [python, [join(here, `prepare_${name}.py`), task, source, target]];
          const env = { ...process.env, TMPDIR: scratch };
          const { stdout } = await promisify(execFile)(program, args, { env, maxBuffer: 1 << 26 });
          const one = JSON.parse(stdout.trim().split('\n').at(-1)!) as Took;
          process.stderr.write(`${task} ${name}: ${sayTook(one)}, load ${loadavg()[0]?.toFixed(1)}\n`);
          for (const [step, part] of Object.entries(one.steps))
            process.stderr.write(`  ${step.padEnd(18)}${sayTook(part)}\n`);
          ((took[task] ??= {})[name] ??= []).push(one);
          rmSync(scratch, { recursive: true, force: true });
        }
        requireAlike(took[task]!);
      }
    }
  } finally {
    if (asked.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
  report(took);
}

function sayTook({ seconds, cpu, peakMb }: Took['steps'][string]): string {
  return `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s of the processors, ${peakMb.toFixed(0)} MB`;
}

/** Contenders that made other rows of the same file have not done the same. */
function requireAlike(took: Readonly<Record<string, readonly Took[]>>): void {
  const counts = Object.entries(took).map(([name, all]) => `${name}: ${all.map(({ rows }) => rows).join(', ')}`);
  if (new Set(Object.values(took).flatMap((all) => all.map(({ rows }) => rows))).size > 1)
    throw new Error(`the contenders gave other numbers of rows: ${counts.join('; ')}`);
}

function report(took: Readonly<Record<string, Readonly<Record<string, readonly Took[]>>>>): void {
  const rows: Row[] = [];
  for (const [task, { ours: mine = [], ...others }] of Object.entries(took)) {
    for (const [of, what, unit] of [
      ['seconds', 'by the clock', 's, lower is better'],
      ['cpu', 'of the processors', 's, lower is better'],
      ['peakMb', 'most memory', 'MB, lower is better'],
    ] as const) {
      const own = median(mine.map((one) => one[of]));
      const name = `${task} ${asked.rows} rows, ${what}`;
      if (Object.keys(others).length === 0)
        rows.push({ case: name, ours: round(own), peer: null, peerName: null, ratio: null, unit });
      for (const [peerName, all] of Object.entries(others)) {
        const peer = median(all.map((one) => one[of]));
        rows.push({ case: name, ours: round(own), peer: round(peer), peerName, ratio: round(own / peer), unit });
      }
    }
    for (const step of Object.keys(mine[0]?.steps ?? {})) {
      const own = median(mine.map((one) => one.steps[step]!.cpu));
      const name = `${step}, of the processors`;
      rows.push({ case: name, ours: round(own), peer: null, peerName: null, ratio: null, unit: 's, lower is better' });
    }
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${asked.rounds} rounds`;
  if (asked.json) process.stdout.write(`${JSON.stringify({ bench: 'data/prepare', machine, rows }, null, 2)}\n`);
  else {
    process.stdout.write(`${machine}\n`);
    for (const { case: name, ours: mine, peer, ratio, peerName } of rows)
      process.stdout.write(
        `${name.padEnd(48)}${String(mine).padStart(9)}${String(peer ?? '').padStart(9)}${(ratio === null ? '' : `${ratio} ×`).padStart(9)}  ${peerName ?? ''}\n`,
      );
  }
}
