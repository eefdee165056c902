import { TrainyardError } from '@trainyard/errors';
import type { Digest } from '../../core/digest.js';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import { readEnvironment, readRun, type NodeRecord, type RunRecord, type Store } from '../../store/index.js';
import { readCode } from './codes.js';
import type { Environment } from './environment.js';
import { callsOf } from './find-call.js';
import { RecordIndex } from './record-index.js';

/** One call as the manifest has it. */
export interface ManifestCall {
  readonly call: string;
  readonly name: string;
  readonly node: string;
  readonly state: string;
  readonly key: string | null;
  readonly version: string | null;
  /** Hash of the code that computed it. */
  readonly code: string | null;
  readonly inputs: GraphNode['inputs'];
  readonly outputs: { readonly [port: string]: Digest };
  readonly seed: number | null;
  readonly threads: number | null;
  readonly backend: string | null;
  readonly device: string | null;
  /** The run that computed it: this one, or the one whose result was found. */
  readonly madeBy: string | null;
}

/** What a run was made of, from the store alone. */
export interface RunManifest {
  readonly format: 'trainyard.manifest/1';
  readonly run: string;
  readonly lineage: string;
  readonly pipeline: string;
  readonly params: Json;
  readonly seed: number;
  readonly cause: Json;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly state: GraphRecord['state'];
  readonly result: Json;
  /** Build of the Workflows' code: its hash; null where it was not recorded. */
  readonly build: string | null;
  /** What surrounded its start; null for runs of before this was recorded. */
  readonly environment: Environment | null;
  /** Code hash of every node that was called, with the files and packages that it was taken of. */
  readonly codes: {
    readonly [node: string]: readonly { readonly hash: string; readonly files: Json; readonly packages: Json }[];
  };
  /** Artifacts that came from outside: outputs of nodes without inputs, and references among the parameters. */
  readonly data: readonly { readonly digest: Digest; readonly kind: string; readonly from: string }[];
  /** Versions and machines with which nodes were computed, where they are not those of the start. */
  readonly libraries: readonly { readonly [name: string]: string }[];
  readonly devices: readonly string[];
  readonly calls: readonly ManifestCall[];
}

/** The manifest of a run. Works when Temporal knows nothing of it any more. Throws TY-RUN-UNKNOWN. */
export async function runManifest(store: Store, graph: GraphRecord): Promise<RunManifest> {
  const run = await readRun(store, graph.run);
  if (!run) throw new TrainyardError('TY-RUN-UNKNOWN', { what: `the store has no record of run "${graph.run}"` });
  const index = new RecordIndex(store);
  const calls: ManifestCall[] = [];
  const records: NodeRecord[] = [];
  for (const { node, name, run: of } of await callsOf(store, graph)) {
    const record = await index.of(node, of);
    if (record) records.push(record);
    calls.push(callOf(node, name, record));
  }
  return {
    format: 'trainyard.manifest/1',
    ...head(run, graph),
    environment: (await readEnvironment(store, graph.run)) as unknown as Environment | null,
    codes: await codesOf(store, records),
    data: dataOf(graph, calls),
    libraries: distinct(records.map(({ libraries }) => libraries)),
    devices: [...new Set(records.map(({ device }) => device))].sort(),
    calls,
  };
}

function head({ start, end }: RunRecord, graph: GraphRecord) {
  return {
    run: start.id,
    lineage: start.lineage,
    pipeline: start.pipeline,
    params: start.params,
    seed: graph.seed,
    cause: start.cause,
    startedAt: start.startedAt,
    endedAt: end?.endedAt ?? null,
    state: graph.state,
    result: graph.result ?? null,
    build: graph.build ?? null,
  };
}

function callOf(node: GraphNode, name: string, record: NodeRecord | undefined): ManifestCall {
  const outputs = Object.entries(node.outputs ?? {}).map(([port, { digest }]) => [port, digest] as const);
  return {
    call: node.call,
    name,
    node: node.node,
    state: node.state,
    key: node.key ?? null,
    version: record?.version ?? null,
    code: record?.code ?? null,
    inputs: node.inputs,
    outputs: Object.fromEntries(outputs),
    seed: record?.keyed?.seed ?? null,
    threads: record?.threads ?? null,
    backend: record?.keyed?.backend ?? null,
    device: record?.device ?? null,
    madeBy: record?.run ?? null,
  };
}

async function codesOf(store: Store, records: readonly NodeRecord[]): Promise<RunManifest['codes']> {
  const hashes = new Map<string, Set<string>>();
  for (const { node, code } of records) hashes.set(node, (hashes.get(node) ?? new Set()).add(code));
  const found: { [node: string]: { hash: string; files: Json; packages: Json }[] } = {};
  for (const [node, codes] of [...hashes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const known = await Promise.all(
      [...codes].sort().map(async (hash) => ({ hash, parts: await readCode(store, hash) })),
    );
    found[node] = known.map(({ hash, parts }) => ({
      hash,
      files: (parts?.files ?? []) as Json,
      packages: (parts?.packages ?? []) as Json,
    }));
  }
  return found;
}

function dataOf(graph: GraphRecord, calls: readonly ManifestCall[]): RunManifest['data'] {
  const found = new Map<Digest, { digest: Digest; kind: string; from: string }>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { digest, kind } = value as { digest?: Digest; kind?: string };
    if (digest !== undefined && kind !== undefined) found.set(digest, { digest, kind, from: 'a parameter' });
    else Object.values(value).forEach(walk);
  };
  walk(graph.params);
  const nodes = new Map(graph.nodes.map((node) => [node.call, node]));
  for (const { call, name, inputs, outputs } of calls) {
    if (inputs.length > 0) continue;
    for (const [port, digest] of Object.entries(outputs))
      found.set(digest, { digest, kind: nodes.get(call)?.outputs?.[port]?.kind ?? 'artifact', from: name });
  }
  return [...found.values()];
}

function distinct(all: readonly { readonly [name: string]: string }[]): { readonly [name: string]: string }[] {
  return [
    ...new Map(
      all.map((one) => [JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))), one]),
    ).values(),
  ];
}
