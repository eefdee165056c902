import type { Digest } from '../../core/digest.js';
import type { GraphRecord, NodeState } from '../../core/graph.js';
import type { Ref } from '../../core/kinds.js';
import { listRuns, readRun, recordsOfRun, type NodeRecord, type Store } from '../../store/index.js';
import { changesSince, distance, identityOfRecord, type Change, type KnownIdentity } from './compare.js';
import { RecordIndex } from './record-index.js';
import { callsOf, chooseCall, type FoundCall } from './find-call.js';

/** An earlier execution, named. */
export interface Execution {
  readonly run: string;
  readonly scope: string;
  /** ISO 8601, UTC. */
  readonly endedAt: string;
  readonly worker: string;
  readonly key: Digest;
}

/** Why a call was computed, or where its result was found. */
export interface Explanation {
  readonly run: string;
  readonly call: string;
  readonly name: string;
  readonly node: string;
  readonly state: NodeState;
  readonly key: Digest | undefined;
  /**
   * `found`: the result was there. `changed`: part of the identity is not what it was (`changes`). `first`: no earlier
   * execution is on record. `lost`: the same identity had been computed, and its result was lost. `every run`: the contract
   * says that it is computed in every run. `anew`: the run was to take nothing from others. `beside`: another run computed the same at the same time. `not run`: it never ran.
   */
  readonly why: 'found' | 'changed' | 'first' | 'lost' | 'every run' | 'anew' | 'beside' | 'not run';
  /** Who computed the result: this run for one that was computed. */
  readonly madeBy: Execution | undefined;
  /** The earlier execution that it is compared with. */
  readonly against: Execution | undefined;
  readonly changes: readonly Change[];
  readonly identity: KnownIdentity | undefined;
}

/** Earlier runs that are looked through for the most similar execution. */
const MOST_RUNS = 50;

/**
 * Explains one call of a run from the store alone: found or computed, and which part of its identity is not what it was
 * in the most similar earlier execution of the same node: of the same pipeline and scope where there is one, else of the
 * same pipeline; of the newest run. Throws as `chooseCall`. `codes` gives the code hashes that the run started with.
 */
export async function explainCall(
  store: Store,
  graph: GraphRecord,
  wanted: string,
  codes: { readonly [node: string]: string } = {},
): Promise<Explanation> {
  const found = chooseCall(await callsOf(store, graph), graph.run, wanted);
  const { node, run, name } = found;
  const record = await new RecordIndex(store).of(found.node, found.run);
  const identity = record ? identityOfRecord(record) : knownOf(found, codes);
  const base = {
    run,
    call: node.call,
    name,
    node: node.node,
    state: node.state,
    key: node.key as Digest | undefined,
    identity,
  };
  const made = record && executionOf(record);
  // Two equal calls of one run are one computation: the one that ran is explained.
  const elsewhere = record !== undefined && record.run !== run;
  if (node.state === 'found' && elsewhere)
    return { ...base, why: 'found', madeBy: made, against: undefined, changes: [] };
  const earlier = await earlierExecutions(store, found, record);
  const same = earlier.find(({ key }) => key === node.key);
  if (record && same) {
    const beside = same.endedAt > record.startedAt;
    return { ...base, why: beside ? 'beside' : 'lost', madeBy: made, against: executionOf(same), changes: [] };
  }
  const against = identity && nearestOf(earlier, identity);
  const changes = against && identity ? await changesSince(store, identityOfRecord(against), identity) : [];
  const everyRun = changes.length > 0 && changes.every(({ part }) => part === 'lineage');
  const anew = changes.length > 0 && changes.every(({ part, after }) => part === 'fresh' && after !== 'none');
  const why = !record ? 'not run' : !against ? 'first' : everyRun ? 'every run' : anew ? 'anew' : 'changed';
  return { ...base, why, madeBy: made, against: against && executionOf(against), changes };
}

/** What is known of a call that has no record: its parameters, and the artifacts that its edges come from. */
function knownOf({ node, graph }: FoundCall, codes: { readonly [node: string]: string }): KnownIdentity | undefined {
  if (node.params === undefined) return undefined;
  const inputs: Record<string, Digest | Digest[] | undefined> = {};
  const outputOf = (from: string, port: string): Ref | undefined =>
    graph.nodes.find(({ call }) => call === from)?.outputs?.[port];
  for (const { port, from, fromPort } of node.inputs) {
    const digest = outputOf(from, fromPort)?.digest;
    const before = inputs[port];
    inputs[port] =
      before === undefined || digest === undefined ? digest : [...(Array.isArray(before) ? before : [before]), digest];
  }
  return { node: node.node, params: node.params, inputs, code: codes[node.node] };
}

/** Executions of the same node in earlier runs of the same pipeline: those of the same scope, or else of any, of the newest run. */
async function earlierExecutions(
  store: Store,
  { node, run, graph }: FoundCall,
  record: NodeRecord | undefined,
): Promise<NodeRecord[]> {
  const began = (await readRun(store, run))?.start.startedAt ?? record?.startedAt ?? '';
  const child = run.includes('/') ? run.slice(run.indexOf('/')) : '';
  const runs = (await listRuns(store))
    .filter(({ start }) => start.pipeline === graph.pipeline && start.id !== run && start.startedAt <= began)
    .filter(({ start }) => (child === '' ? !start.id.includes('/') : start.id.endsWith(child)))
    .slice(0, MOST_RUNS);
  let anyScope: NodeRecord[] = [];
  for (const { start } of runs) {
    const records = (await recordsOfRun(store, start.id)).filter((one) => one.node === node.node);
    const equal = records.filter(({ key }) => key === node.key);
    if (equal.length > 0) return equal;
    const sameScope = records.filter(({ scope }) => scope === node.scope);
    if (sameScope.length > 0) return sameScope;
    if (anyScope.length === 0) anyScope = records;
  }
  return anyScope;
}

function nearestOf(earlier: readonly NodeRecord[], identity: KnownIdentity): NodeRecord | undefined {
  let best: { record: NodeRecord; far: number } | undefined;
  // The newest last, so that of those equally near it counts.
  for (const record of earlier) {
    const far = distance(identityOfRecord(record), identity);
    if (!best || far <= best.far) best = { record, far };
  }
  return best?.record;
}

function executionOf({ run, scope, endedAt, worker, key }: NodeRecord): Execution {
  return { run, scope, endedAt, worker, key };
}
