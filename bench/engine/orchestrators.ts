/**
 * What orchestrators take a node: chain, map and diamond of no-op nodes, by size; then a cache hit, a run of which
 * everything is found, a resume and the check of a graph. Ours with everything on and of light nodes, beside Temporal
 * by hand, Prefect, Dagster and Metaflow with their quickest settings (docs/speed.md), in turn. Milliseconds by the
 * clock: lower is better. A contender is not asked for what would take it more than `--most` seconds; small cases
 * are repeated for `--enough` seconds or `--rounds` times; no case is begun after `--minutes`. `--keep` puts the turns into
 * bench/engine/data/orchestrators.json, in place of those of the same cases, and writes tables and plots of all that it holds into docs/; with `--minutes=0` that is all.
 *
 *   npm run bench engine/orchestrators -- [--json] [--keep] [--minutes=12] [--most=60] [--enough=4] [--rounds=3]
 *     [--shapes=chain,map,diamond] [--sizes=10,100,1000,5000] [--again=1000] [--peers=prefect,dagster,metaflow]
 */
import { cpus, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startServer } from '../../tests/matrix/harness.js';
import type { Shape } from './peer-workflows.js';
import type { Answer, Ask, Contender } from './orchestrators/contender.js';
import { round } from '../figures.js';
import { inPython, PYTHON_PEERS } from './orchestrators/in-python.js';
import { BY_HAND, onTemporal, OURS, OURS_LIGHT } from './orchestrators/on-temporal.js';
import { keepAndPublish, rowsOf, type Turn } from './orchestrators/published.js';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '12' },
    most: { type: 'string', default: '60' },
    enough: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    shapes: { type: 'string', default: 'chain,map,diamond' },
    sizes: { type: 'string', default: '10,100,1000,5000' },
    /** Nodes of the runs that are found and resumed; 0 leaves them out. */
    again: { type: 'string', default: '1000' },
    peers: { type: 'string', default: 'prefect,dagster,metaflow' },
  },
});
const list = (text: string): string[] => text.split(',').filter((one) => one !== '');
const shapes = list(asked.shapes) as Shape[];
const rounds = Number(asked.rounds);
const minutes = Number(asked.minutes);
let until = Infinity;
const turns: Turn[] = [];
const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** What its server still writes down when a run has ended must not slow the next contender; it counts as processor time. */
async function settled({ cpuMs }: Contender): Promise<void> {
  for (let looks = 0, before = cpuMs(); looks < 120; looks++) {
    await wait(250);
    const now = cpuMs();
    if (now - before <= 20) return;
    before = now;
  }
}

/** What a node took in the largest run of each contender and shape, in ms: what a larger one would take is told from it. */
const largest = new Map<string, { readonly nodes: number; readonly each: number }>();
let salts = 0;
const newSalt = (): string => `salt ${++salts}`;

/** Whether it would take no more than `--most` seconds. Before more than ten nodes it is asked for ten, so that this is known. */
async function within(
  contender: Contender,
  of: string,
  { do: what, shape, count }: Omit<Ask, 'salt'>,
): Promise<boolean> {
  if (what === 'validate') return true;
  const way = `${contender.name} ${shape}`;
  if (count > 10 && !largest.has(way))
    await attempt(contender, of, { do: 'run', shape, count: 10, kept: false, salt: newSalt() });
  return (largest.get(way)?.each ?? 0) * count <= Number(asked.most) * 1000;
}

/** Asks once, and waits until it is at rest. A contender that cannot says why, and is not asked for this shape again. */
async function attempt(contender: Contender, of: string, ask: Ask): Promise<Answer | undefined> {
  const way = `${contender.name} ${ask.shape}`;
  try {
    const answer = await contender.run(ask);
    const { ms, nodes } = answer;
    // The start of a small run would say too much, and that of a single node most of all.
    if (ask.do === 'run' && nodes >= (largest.get(way)?.nodes ?? 10)) largest.set(way, { nodes, each: ms / nodes });
    await settled(contender);
    return answer;
  } catch (error) {
    say(`${of}: ${contender.name}: ${error instanceof Error ? error.message : String(error)}`);
    largest.set(way, { nodes: Infinity, each: Infinity });
    return undefined;
  }
}

/** Asks once, and keeps what it took; gives the ms. */
async function turn(contender: Contender, of: string, ask: Ask): Promise<number> {
  const before = contender.cpuMs();
  const answer = await attempt(contender, of, ask);
  if (!answer) return Infinity;
  const { ms, nodes } = answer;
  const cpu = contender.cpuMs() - before;
  turns.push({ case: of, who: contender.name, ms, cpu, nodes, load: loadavg()[0] ?? NaN });
  say(`${of}: ${contender.name}: ${round(ms)} ms, ${round(ms / nodes)} a node, ${round(cpu / nodes)} of the processor`);
  return ms;
}

const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`;
/** Case by case, since the whole takes long and may be ended. */
function keep(): void {
  if (asked.keep) keepAndPublish(turns.map((one) => ({ ...one, machine })));
}

/** The contenders in turn, each until it has been asked often or long enough. */
async function inTurn(
  of: string,
  ask: Omit<Ask, 'salt'>,
  one: (contender: Contender) => Promise<number>,
): Promise<void> {
  const spent = new Map<Contender, number>();
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) {
      const before = spent.get(contender) ?? 0;
      if (before > Number(asked.enough) * 1000 || !contender.can(ask)) continue;
      if (performance.now() > until) {
        say(`${of}: out of time`);
        // Not every contender was asked: there is nothing to compare.
        if (round === 0) turns.splice(0, turns.length, ...turns.filter((one) => one.case !== of));
        return keep();
      }
      if (await within(contender, of, ask)) spent.set(contender, before + (await one(contender)));
    }
  keep();
}

async function sized(shape: Shape, count: number): Promise<void> {
  const [of, ask] = [`${shape} of ${count}`, { do: 'run', shape, count, kept: false } as const];
  await inTurn(of, ask, (contender) => turn(contender, of, { ...ask, salt: newSalt() }));
}

/** What was computed once, untimed, is found again. */
async function found(of: string, shape: Shape, count: number): Promise<void> {
  const salts = new Map<Contender, string>();
  const ask = { do: 'again', shape, count, kept: true } as const;
  await inTurn(of, ask, async (contender) => {
    const salt = salts.get(contender) ?? newSalt();
    if (!salts.has(contender)) await attempt(contender, of, { ...ask, do: 'run', salt });
    salts.set(contender, salt);
    return turn(contender, of, { ...ask, salt });
  });
}

async function resumed(of: string, shape: Shape, count: number): Promise<void> {
  const salt = newSalt();
  const ask = { do: 'resume', shape, count, kept: true, salt } as const;
  await inTurn(of, ask, async (contender) => {
    const failed = await attempt(contender, of, { ...ask, do: 'fail' });
    return failed ? turn(contender, of, ask) : Infinity;
  });
}

const odd = (count: number): number => 1 + 3 * Math.round((count - 1) / 3);

async function measure(): Promise<void> {
  until = performance.now() + minutes * 60_000;
  // What is loaded and made once is not counted.
  for (const contender of contenders.filter(({ stays }) => stays))
    await contender.run({ do: 'run', shape: 'map', count: 10, salt: newSalt(), kept: true });
  for (const size of list(asked.sizes).map(Number))
    // A diamond has 1 + 3 k nodes.
    for (const shape of shapes) await sized(shape, shape === 'diamond' ? odd(size) : size);
  const again = Number(asked.again);
  if (again === 0) return;
  const check = { do: 'validate', shape: 'chain', count: again, kept: false } as const;
  await inTurn(`the wiring of ${again} nodes checked`, check, (contender) =>
    turn(contender, `the wiring of ${again} nodes checked`, { ...check, salt: '' }),
  );
  await found('a run of one node, found', 'chain', 1);
  for (const count of [again / 10, again])
    for (const shape of shapes.filter((one) => one !== 'diamond')) {
      await found(`${shape} of ${count}, all found`, shape, count);
      await resumed(`${shape} of ${count}, resumed at its last`, shape, count);
    }
}

const contenders: Contender[] = [];
if (minutes > 0) {
  const server = await startServer();
  try {
    contenders.push(...(await onTemporal(server, [OURS, OURS_LIGHT, BY_HAND])));
    for (const peer of PYTHON_PEERS.filter((one) => list(asked.peers).includes(one.package))) {
      try {
        contenders.push(await inPython(peer));
      } catch (error) {
        say(`${peer.name} is left out: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    await measure();
  } finally {
    for (const contender of contenders) await contender.close();
    await server.stop();
  }
}

const rows = rowsOf(turns);
keep();
if (asked.json) process.stdout.write(`${JSON.stringify({ bench: 'engine/orchestrators', machine, rows }, null, 2)}\n`);
else {
  process.stdout.write(`${machine}\n`);
  for (const { case: name, ours, peer, peerName, ratio } of rows)
    process.stdout.write(
      `${name.padEnd(60)}${String(ours).padStart(8)}${String(peer ?? '').padStart(8)}${(ratio === null ? '' : `${ratio} ×`).padStart(9)}  ${peerName ?? ''}\n`,
    );
}
