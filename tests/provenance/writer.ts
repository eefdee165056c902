import { digestText } from '../../core/digest.js';
import type { Ref } from '../../core/kinds.js';
import {
  areWhole,
  Artifacts,
  commit,
  endRun,
  FileStore,
  lookup,
  noteNeed,
  recordsOfRun,
  removeNodeRecord,
  startRun,
  sweepBefore,
  undisturbed,
  writeNodeRecord,
  type NodeRecord,
  type Store,
} from '../../store/index.js';

/**
 * A worker's part of many short runs, as a process: `node writer.mjs <store> <name> <ms> <careful|careless>`. Each run
 * stores artifacts of few contents, so that it re-uses blobs that the collector is about to take, or finds former
 * results. Says how many runs it ended, how often it had to do one again, and what was lost.
 */
const [folder = '', name = '', ms = '0', how = 'careful'] = process.argv.slice(2);
const store: Store = new FileStore(folder);
const artifacts = new Artifacts(store);
const careful = how === 'careful';
const until = performance.now() + Number(ms);
const said = { runs: 0, again: 0, found: 0, lost: [] as string[] };
const CONTENTS = 60;

for (let turn = 0; performance.now() < until; turn++) {
  const id = `${name}-${turn}`;
  await startRun(store, start(id));
  const refs: Ref[] = [];
  for (let call = 0; call < 4; call++)
    refs.push(await node(id, (turn * 17 + call * 23 + name.charCodeAt(0)) % CONTENTS));
  for (const record of await recordsOfRun(store, id))
    if (!(await areWhole(store, Object.values(record.outputs)))) said.lost.push(`${id} ${record.node}`);
  if (!(await areWhole(store, refs))) said.lost.push(`${id} result`);
  await endRun(store, id, { status: 'completed', endedAt: '2026-01-01T00:00:00.000Z' });
  said.runs++;
}
process.stdout.write(JSON.stringify(said));

/** One node call: found, or computed, recorded and committed, as the runner of nodes does it. */
async function node(run: string, content: number): Promise<Ref> {
  const key = digestText(`key ${content}`);
  for (;;) {
    const sweep = await sweepBefore(store);
    const entry = (await lookup(store, [key]))[0];
    const held = entry ? Object.values(entry.outputs) : [];
    if (entry) {
      await noteNeed(store, run, { artifacts: held.map(({ digest }) => digest) });
      if (!careful || (await undisturbed(store, sweep))) {
        said.found++;
        return held[0] as Ref;
      }
      said.again++;
      continue;
    }
    const out = await artifacts.write('file', {
      value: { content },
      files: { 'data.txt': `content ${content}`.repeat(50) },
    });
    const record = recordOf(run, key, out);
    const place = await writeNodeRecord(store, record);
    if (careful && !(await undisturbed(store, sweep)) && !(await areWhole(store, [out]))) {
      await removeNodeRecord(store, place, record);
      said.again++;
      continue;
    }
    await commit(store, { format: 1, key, node: 'toy.write', outputs: { out }, madeBy: run });
    return out;
  }
}

function start(id: string) {
  return {
    format: 1 as const,
    id,
    lineage: id,
    pipeline: 'toy',
    params: {},
    seed: 0,
    cause: null,
    startedAt: '2026-01-01T00:00:00.000Z',
  };
}

function recordOf(run: string, key: NodeRecord['key'], out: Ref): NodeRecord {
  return {
    format: 1,
    run,
    lineage: run,
    pipeline: 'toy',
    scope: '',
    node: 'toy.write',
    version: '1',
    code: 'c',
    key,
    params: {},
    inputs: {},
    outputs: { out },
    threads: 1,
    worker: 'w',
    device: 'cpu',
    pid: process.pid,
    attempt: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:00.000Z',
    libraries: {},
  };
}
