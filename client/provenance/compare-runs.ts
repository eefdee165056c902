import type { Digest } from '../../core/digest.js';
import { isTrainyardError } from '@trainyard/errors';
import type { GraphRecord } from '../../core/graph.js';
import { canonical, type Json } from '../../core/json.js';
import type { AnyContract } from '../../core/node.js';
import { labelOf } from '../../core/task.js';
import { Artifacts, type Manifest, type Store } from '../../store/index.js';
import { alike, causesOf } from './causes.js';
import { callsOf, type FoundCall } from './find-call.js';
import { RecordIndex } from './record-index.js';

/** How one output of a repeated call is not what it was. */
export interface PortDifference {
  readonly port: string;
  readonly before: Digest;
  readonly after: Digest;
  /** Names of files that differ; empty where only the value does, or where the former artifact is not there any more. */
  readonly files: readonly string[];
  readonly value: boolean;
}

/** A figure that may differ by so much. */
export interface MetricDifference {
  /** `port.path`. */
  readonly path: string;
  readonly before: number | null;
  readonly after: number | null;
  readonly tolerance: number;
  readonly within: boolean;
}

/** What became of one call when the run was repeated. */
export interface CallVerdict {
  readonly call: string;
  readonly name: string;
  readonly node: string;
  /**
   * `equal`; `answered`: taken from the record, since it comes from outside; `within`: other bytes, figures within the
   * stated tolerance; `differs`: the same inputs gave another result; `follows`: its inputs were others already;
   * `missing`: the repetition did not come to a result of it; `unfinished`: it had no result in the run itself.
   */
  readonly verdict: 'equal' | 'answered' | 'within' | 'differs' | 'follows' | 'missing' | 'unfinished';
  readonly differences: readonly PortDifference[];
  readonly metrics: readonly MetricDifference[];
  /** Why there is no result: the error's words. */
  readonly error?: string;
  /** Of a call that differs: what is not as it was, in words. */
  readonly causes?: readonly string[];
}

export interface RunsCompared {
  readonly calls: readonly CallVerdict[];
  /** What the pipeline returned is the same. */
  readonly resultEqual: boolean;
  /** True only when nothing differs, but within stated tolerances. */
  readonly equal: boolean;
}

export interface Side {
  readonly store: Store;
  readonly graph: GraphRecord;
}

/** Compares every output digest of a run with those of its repetition, and says where the first differences are. */
export async function compareRuns(
  was: Side,
  is: Side,
  contracts: ReadonlyMap<string, AnyContract>,
  answered: ReadonlySet<string>,
): Promise<RunsCompared> {
  const [before, after] = await Promise.all([callsOf(was.store, was.graph), callsOf(is.store, is.graph)]);
  const find = finder(after);
  const records = { was: new RecordIndex(was.store), is: new RecordIndex(is.store) };
  const calls: CallVerdict[] = [];
  for (const call of before) {
    const verdict = await judge({ was, is, call, again: find(call), contracts, answered, records });
    calls.push(verdict);
  }
  const excused = followsOnlyTolerated(before, calls);
  const resultEqual = canonical(was.graph.result ?? null) === canonical(is.graph.result ?? null);
  const bad = calls.filter(
    ({ verdict, call, name }) =>
      ['differs', 'missing'].includes(verdict) || (verdict === 'follows' && !excused.has(`${call} ${name}`)),
  );
  const tolerated = calls.some(({ verdict }) => verdict === 'within');
  return {
    calls,
    resultEqual,
    // A run that was cancelled is repeated as far as it came.
    equal:
      bad.length === 0 &&
      (was.graph.state === 'cancelled' || (was.graph.state === is.graph.state && (resultEqual || tolerated))),
  };
}

async function judge(parts: {
  was: Side;
  is: Side;
  call: FoundCall;
  again: FoundCall | undefined;
  contracts: ReadonlyMap<string, AnyContract>;
  answered: ReadonlySet<string>;
  records: { readonly was: RecordIndex; readonly is: RecordIndex };
}): Promise<CallVerdict> {
  const { was, is, call, again, contracts, answered, records } = parts;
  const { node } = call;
  const base = { call: node.call, name: call.name, node: node.node, differences: [], metrics: [] };
  if (node.outputs === undefined) return { ...base, verdict: 'unfinished' };
  if (answered.has(labelOf(node)) && call.run === was.graph.run) return { ...base, verdict: 'answered' };
  const outputs = again?.node.outputs;
  if (!again || outputs === undefined) {
    const error = again?.node.error?.message;
    return { ...base, verdict: 'missing', ...(error === undefined ? {} : { error }) };
  }
  const differences: PortDifference[] = [];
  for (const [port, { digest }] of Object.entries(node.outputs)) {
    const other = outputs[port]?.digest;
    if (other !== undefined && other !== digest)
      differences.push(await portDifference(was.store, is.store, port, digest, other));
  }
  if (differences.length === 0) return { ...base, verdict: 'equal' };
  const [before, now] = [await records.was.of(node, call.run), await records.is.of(again.node, again.run)];
  // Another key alone says nothing: with the same inputs it is the code or the machine that is another.
  const same = node.key === again.node.key || (before !== undefined && now !== undefined && alike(before, now));
  const differs = async (): Promise<Pick<CallVerdict, 'verdict' | 'causes'>> =>
    same ? { verdict: 'differs', causes: await causesOf(was.store, before, now) } : { verdict: 'follows' };
  const declared = contracts.get(node.node)?.spec.reproducible;
  if (declared) {
    const metrics = await compareMetrics(parts, declared.metrics);
    const within = metrics.every((metric) => metric.within);
    return { ...base, differences, metrics, ...(within ? { verdict: 'within' } : await differs()) };
  }
  return { ...base, differences, ...(await differs()) };
}

/** Calls of the repetition by key where they have one, else by name and parameters, each given once. */
function finder(calls: readonly FoundCall[]): (call: FoundCall) => FoundCall | undefined {
  const byName = new Map<string, FoundCall[]>();
  for (const call of calls) byName.set(nameAndParams(call), [...(byName.get(nameAndParams(call)) ?? []), call]);
  return (call) => {
    const alike = byName.get(nameAndParams(call)) ?? [];
    const at = Math.max(
      0,
      alike.findIndex(({ node }) => node.key !== undefined && node.key === call.node.key),
    );
    return alike.splice(at, 1)[0];
  };
}

function nameAndParams({ run, node }: FoundCall): string {
  return `${run} ${labelOf(node)}`;
}

async function portDifference(
  was: Store,
  is: Store,
  port: string,
  before: Digest,
  after: Digest,
): Promise<PortDifference> {
  const [old, now] = await Promise.all([manifestOf(was, before), manifestOf(is, after)]);
  const digests = (manifest: Manifest | undefined): Map<string, Digest> =>
    new Map(manifest?.files.map(({ name, digest }) => [name, digest]));
  const [a, b] = [digests(old), digests(now)];
  const files =
    old && now ? [...new Set([...a.keys(), ...b.keys()])].sort().filter((name) => a.get(name) !== b.get(name)) : [];
  const value =
    old !== undefined &&
    now !== undefined &&
    canonical([old.value, old.valueBlob]) !== canonical([now.value, now.valueBlob]);
  return { port, before, after, files, value };
}

async function manifestOf(store: Store, digest: Digest): Promise<Manifest | undefined> {
  try {
    return await new Artifacts(store).manifest({ digest });
  } catch (error) {
    if (isTrainyardError(error)) return undefined;
    throw error;
  }
}

async function compareMetrics(
  { was, is, call, again }: { was: Side; is: Side; call: FoundCall; again: FoundCall | undefined },
  tolerances: Readonly<Record<string, number>>,
): Promise<MetricDifference[]> {
  return Promise.all(
    Object.entries(tolerances).map(async ([path, tolerance]) => {
      const before = await figure(was.store, call, path);
      const after = again ? await figure(is.store, again, path) : null;
      const within = before !== null && after !== null && Math.abs(before - after) <= tolerance;
      return { path, before, after, tolerance, within };
    }),
  );
}

async function figure(store: Store, { node }: FoundCall, path: string): Promise<number | null> {
  const [port = '', ...names] = path.split('.');
  const ref = node.outputs?.[port];
  if (!ref) return null;
  const value = ref.value ?? ((await new Artifacts(store).open(ref)).value as Json | undefined);
  const found = names.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], value);
  return typeof found === 'number' ? found : null;
}

/** Calls that differ only because of inputs that differ within a tolerance: there is nothing to hold against them. */
function followsOnlyTolerated(before: readonly FoundCall[], verdicts: readonly CallVerdict[]): ReadonlySet<string> {
  const excused = new Set<string>();
  const verdictOf = new Map(before.map(({ run, node }, at) => [`${run} ${node.call}`, verdicts[at]]));
  before.forEach(({ run, node, name }, at) => {
    // One that states its figures is held to them.
    if (verdicts[at]?.verdict !== 'follows' || verdicts[at].metrics.length > 0) return;
    const sources = node.inputs.map(({ from }) => verdictOf.get(`${run} ${from}`));
    const others = sources.filter((one) => one !== undefined && one.verdict !== 'equal' && one.verdict !== 'answered');
    if (
      others.length > 0 &&
      others.every((one) => one?.verdict === 'within' || excused.has(`${one?.call} ${one?.name}`))
    )
      excused.add(`${node.call} ${name}`);
  });
  return excused;
}
