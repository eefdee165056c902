/**
 * The best model of some minutes: train.best and FLAML on the same tables, the same minutes and the same cores, one after the other,
 * each in a process of its own. Judged on a fourth of the rows that none of them saw: log loss or RMSE, lower is better; beside it
 * the time by the clock as a share of the budget, and the most memory. `--peers` names those that are asked, `--sets` the data sets
 * (cancer, digits, diabetes come with scikit-learn, flights with the examples).
 *
 *   npm run bench train/best -- [--json] [--minutes=1] [--seeds=1] [--sets=cancer,digits,diabetes,flights] [--peers=flaml]
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { id, sql, withDatabase, writeTable, type TableOutput } from '@trainyard/tables';
import { bestNode } from '../../plugins/train/worker.js';
import { runNode } from '../../worker/testing/run-node.js';
import { median, round, type Row } from '../figures.js';
import { peerPython } from '../peer-python.js';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    sets: { type: 'string', default: 'cancer,digits,diabetes,flights' },
    peers: { type: 'string', default: 'flaml' },
    /** This program itself, as one contender: what to do, as JSON. */
    as: { type: 'string' },
  },
});

interface Asked {
  readonly train: string;
  readonly test: string;
  readonly task: 'classes' | 'number';
  readonly minutes: number;
  readonly seed: number;
  readonly threads: number;
  readonly scratch: string;
}

/** What one contender gave. */
interface Took {
  /** Log loss or RMSE on the rows that it did not see. */
  readonly loss: number;
  /** By the clock, from the table in memory or in its file to a model that answers. */
  readonly seconds: number;
  readonly peakMb: number;
  /** What the answer is made of, in a few words. */
  readonly said: string;
}

const TARGET = 'target';
const TASKS = { cancer: 'classes', digits: 'classes', diabetes: 'number', flights: 'classes' } as const;
type SetName = keyof typeof TASKS;

if (asked.as === undefined) await compare();
else process.stdout.write(`${JSON.stringify(await ours(JSON.parse(asked.as) as Asked))}\n`);

/** Types are read from both files together, so that each part has the same. */
async function tablesOf({ train, test, scratch }: Asked): Promise<[TableOutput, TableOutput]> {
  return withDatabase({ scratch }, async (database) => {
    await database.run(
      sql`CREATE TABLE parts AS SELECT *, row_number() OVER () AS nth FROM read_csv([${train}, ${test}], filename = true, sample_size = -1)`,
    );
    const part = (file: string, name: string): Promise<TableOutput> =>
      writeTable(
        database,
        sql`SELECT nth::VARCHAR AS _row, * EXCLUDE (nth, filename) FROM parts WHERE filename = ${file} ORDER BY nth`,
        scratch,
        name,
      );
    return [await part(train, 'train'), await part(test, 'test')];
  });
}

async function ours(given: Asked): Promise<Took> {
  const [table, validation] = await tablesOf(given);
  const began = performance.now();
  const run = await runNode(bestNode, {
    params: { target: TARGET, task: given.task, minutes: given.minutes },
    inputs: { table, validation },
    seed: given.seed,
    threads: given.threads,
  });
  const seconds = (performance.now() - began) / 1000;
  const figures = run.outputs['figures']!.value as {
    logLoss?: number;
    rmse?: number;
    members: number;
    candidates: number;
  };
  const { time } = run.outputs['leaderboard']!.value as {
    time: { stages: { stage: string; seconds: number }[] };
  };
  const stages = time.stages.map(({ stage, seconds: took }) => `${stage} ${took.toFixed(1)}`).join(', ');
  return {
    loss: figures.logLoss ?? figures.rmse ?? NaN,
    seconds,
    peakMb: process.resourceUsage().maxRSS / 1024,
    said: `${figures.candidates} candidates, ${figures.members} in the ensemble; ${stages} s`,
  };
}

async function compare(): Promise<void> {
  const here = fileURLToPath(new URL('./peers/', import.meta.url));
  const peers = asked.peers.split(',').filter((name) => name !== '');
  const pythons = Object.fromEntries(
    ['flaml', ...peers].map((name) => [
      name,
      peerPython(`best-${name}`, [join(here, `best-${name}.requirements.txt`)], '1 GB on disk'),
    ]),
  );
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-best-'));
  const took = new Map<string, Took[]>();
  const sets = asked.sets.split(',') as SetName[];
  try {
    for (const set of sets)
      for (let seed = 1; seed <= Number(asked.seeds); seed++) {
        const scratch = join(folder, `${set}-${seed}`);
        mkdirSync(scratch, { recursive: true });
        const [train, test] = [join(scratch, 'train.csv'), join(scratch, 'test.csv')];
        if (set === 'flights') await writeFlights(train, test, seed);
        else execFileSync(pythons['flaml']!, [join(here, 'best_sets.py'), set, String(seed), train, test]);
        const given: Asked = {
          ...{ train, test, scratch, seed, task: TASKS[set], minutes: Number(asked.minutes) },
          threads: Math.min(2, availableParallelism()),
        };
        for (const name of ['ours', ...peers]) {
          const [program, args] =
            name === 'ours'
              ? [process.execPath, [process.argv[1]!, '--as', JSON.stringify(given)]]
              : [pythons[name]!, [join(here, `best_${name}.py`), JSON.stringify(given)]];
          const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 1 << 26, cwd: scratch });
          const one = JSON.parse(stdout.trim().split('\n').at(-1)!) as Took;
          process.stderr.write(
            `${set} ${seed} ${name}: ${one.loss.toFixed(5)}, ${one.seconds.toFixed(1)} s, ${one.peakMb.toFixed(0)} MB, ${one.said}; load ${loadavg()[0]?.toFixed(1)}\n`,
          );
          const key = `${set} ${name}`;
          took.set(key, [...(took.get(key) ?? []), one]);
        }
      }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  report(sets, peers, took);
}

/** Flights of the examples: late by more than a quarter of an hour or not, from what is known at the gate. */
async function writeFlights(train: string, test: string, seed: number): Promise<void> {
  const file = fileURLToPath(new URL('../../examples/from-raw/data/flights/flights.csv', import.meta.url));
  await withDatabase({}, async (database) => {
    const columns = [
      'month',
      'day',
      'sched_dep_time',
      'dep_delay',
      'carrier',
      'origin',
      'dest',
      'distance',
      'time_hour',
      'tailnum',
    ];
    const chosen = columns.map(id).reduce((all, one) => sql`${all}, ${one}`);
    await database.run(
      sql`CREATE TABLE known AS SELECT ${chosen}, CASE WHEN arr_delay > 15 THEN 'late' ELSE 'in time' END AS target,
        hash(flight, time_hour, tailnum, ${BigInt(seed)}) % 4 = 0 AS held FROM read_csv(${file}, nullstr = ['NA', '']) WHERE arr_delay IS NOT NULL`,
    );
    for (const [path, held] of [
      [train, false],
      [test, true],
    ] as const)
      await database.run(
        sql`COPY (SELECT * EXCLUDE (held) FROM known WHERE held = ${held}) TO ${path} (FORMAT csv, HEADER)`,
      );
  });
}

function report(sets: readonly SetName[], peers: readonly string[], took: ReadonlyMap<string, readonly Took[]>): void {
  const rows: Row[] = [];
  const budget = Number(asked.minutes) * 60;
  for (const set of sets)
    for (const [of, what, unit] of [
      [(one: Took) => one.loss, TASKS[set] === 'classes' ? 'log loss' : 'RMSE', 'lower is better'],
      [(one: Took) => one.seconds / budget, 'time by the budget', 'lower is better; over 1: overrun'],
      [(one: Took) => one.peakMb, 'most memory', 'MB, lower is better'],
    ] as const) {
      const mid = (name: string): number => median((took.get(`${set} ${name}`) ?? []).map(of));
      const own = round(mid('ours'));
      for (const peerName of peers) {
        const peer = round(mid(peerName));
        rows.push({ case: `${set}, ${what}`, ours: own, peer, peerName, ratio: round(own / peer), unit });
      }
      if (peers.length === 0)
        rows.push({ case: `${set}, ${what}`, ours: own, peer: null, peerName: null, ratio: null, unit });
    }
  const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${asked.minutes} minutes, ${asked.seeds} seeds`;
  if (asked.json) process.stdout.write(`${JSON.stringify({ bench: 'train/best', machine, rows }, null, 2)}\n`);
  else {
    process.stdout.write(`${machine}\n`);
    for (const { case: name, ours: mine, peer, ratio, peerName } of rows)
      process.stdout.write(
        `${name.padEnd(32)}${String(mine).padStart(10)}${String(peer ?? '').padStart(10)}${(ratio === null ? '' : `${ratio} ×`).padStart(9)}  ${peerName ?? ''}\n`,
      );
  }
}
