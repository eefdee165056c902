/**
 * Predictions over HTTP: requests a second and their 99th percentile at one row a request and 50 connections, rows a second at 1,000
 * rows a request and 4 connections, and memory. The same rows train logistic regression here and in scikit-learn; ours logs what it
 * answers to Valkey, and once more with a monitor of windows of 40 rows; beside it FastAPI, `mlflow models serve` and a bare route of
 * Fastify that answers the same bytes. Load comes from a second process, on the same cores; contenders take turns. `--peers=` leaves
 * Python out, `--models` is how many models our server has,
 * `--profile` writes a profile of it.
 *
 *   npm run bench serve/http -- [--json] [--seconds=5] [--rounds=3] [--peers=fastapi,mlflow] [--models=10] [--only=ours] [--cases='one row'] [--profile=FOLDER]
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { median, round, type Row } from '../figures.js';
import { memoryMb } from '../memory.js';
import type { LoadFigures } from './load.js';
import { makeRows } from './model.js';
import { Stage, withoutLabel, type Contender } from './stage.js';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    peers: { type: 'string', default: 'fastapi,mlflow' },
    models: { type: 'string', default: '10' },
    only: { type: 'string', default: '' },
    profile: { type: 'string' },
    cases: { type: 'string', default: 'one row,1,000 rows' },
  },
});
const [seconds, rounds] = [Number(asked.seconds), Number(asked.rounds)];
const peers = asked.peers.split(',').filter((name) => name !== '');
const CASES = [
  { name: 'one row', rows: 1, connections: 50 },
  { name: '1,000 rows', rows: 1000, connections: 4 },
] as const;

const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${rounds} rounds of ${seconds} s`;
const stage = new Stage();
const took = new Map<string, LoadFigures[]>();
const memory = new Map<string, number>();
try {
  await stage.startOurs(Number(asked.models), asked.profile);
  if (peers.length > 0) await stage.startPeers(peers);
  const contenders = stage.contenders.filter(({ name }) => asked.only === '' || name.startsWith(asked.only));
  for (let turn = 0; turn < rounds; turn++)
    for (const { name, rows, connections } of CASES.filter(({ name }) => asked.cases.includes(name)))
      for (const contender of contenders) {
        // A bare route has no rows.
        if (rows > 1 && contender.name === 'bare Fastify') continue;
        const drawn = makeRows(rows === 1 ? 200 : rows, 40 + turn).map(withoutLabel);
        const bodies = rows === 1 ? drawn.map((row) => contender.body([row])) : [contender.body(drawn)];
        const figures = await stage.load({ url: contender.url, bodies, connections, seconds, warmUp: turn ? 0.5 : 2 });
        if (figures.errors > 0) process.stderr.write(`${contender.name}, ${name}: ${figures.errors} errors\n`);
        const key = `${contender.name}/${name}`;
        took.set(key, [...(took.get(key) ?? []), figures]);
        memory.set(contender.name, memoryMb([contender.pid]));
      }
  report(contenders);
} finally {
  await stage.end();
}

function report(contenders: readonly Contender[]): void {
  const of = (contender: string, name: string, pick: (figures: LoadFigures) => number): number =>
    median((took.get(`${contender}/${name}`) ?? []).map(pick));
  const results: Row[] = [];
  const mine = contenders.filter(({ name }) => name.startsWith('ours'));
  const others = contenders.filter(({ name }) => !name.startsWith('ours'));
  const add = (what: string, unit: string, of: (contender: string) => number): void => {
    for (const { name } of mine) {
      const ours = of(name);
      for (const peer of [...others.map((one) => one.name), ...(others.length === 0 ? [null] : [])]) {
        const theirs = peer === null ? NaN : of(peer);
        if (peer !== null && Number.isNaN(theirs)) continue;
        results.push({
          case: `${name}: ${what}`,
          ours: round(ours),
          peer: peer === null ? null : round(theirs),
          peerName: peer,
          ratio: peer === null ? null : round(ours / theirs),
          unit,
        });
      }
    }
  };
  add('one row, requests', 'a second, higher is better', (name) => of(name, 'one row', ({ perSecond }) => perSecond));
  add('one row, p99', 'ms, lower is better', (name) => of(name, 'one row', ({ p99 }) => p99));
  add(
    '1,000 rows, rows',
    'a second, higher is better',
    (name) => of(name, '1,000 rows', ({ perSecond }) => perSecond) * 1000,
  );
  add('memory', 'MB, lower is better', (name) => memory.get(name) ?? NaN);
  if (asked.json) {
    process.stdout.write(`${JSON.stringify({ bench: 'serve/http', machine, rows: results }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${machine}, ${asked.models} models\n`);
  for (const { case: name, ours, peer, ratio, peerName } of results)
    process.stdout.write(
      `${name.padEnd(48)}${String(ours).padStart(9)}${String(peer ?? '').padStart(9)}${(ratio === null ? '' : `${ratio} ×`).padStart(10)}  ${peerName ?? ''}\n`,
    );
}
