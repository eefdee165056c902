import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InputArtifact, OutputArtifact } from '../../core/artifact.js';
import type { Backend } from '../../core/config.js';
import type { Digest } from '../../core/digest.js';
import { TrainyardError } from '@trainyard/errors';
import { isRef } from '../../core/handle.js';
import type { Json } from '../../core/json.js';
import { nodeKey, nodeSeed, type NodeIdentity } from '../../core/key.js';
import type { Reported, ReportList, TrialFacts } from '../../core/task.js';
import type { Ref } from '../../core/kinds.js';
import { ONLY_OUTPUT, type AnyContract } from '../../core/node.js';
import type { Part } from '../../core/part.js';
import { partsOf, provideParts, type PartsOnHand } from '../../core/provided-parts.js';
import { sayIssues } from '../../core/pipeline.js';
import { builtInParts } from '../../project/brought-parts.js';
import { Artifacts, FileStore, type Store } from '../../store/index.js';
import { executeNode, type ExecutionHost } from '../execute.js';
import type { Implementation } from '../../core/implementation.js';

// Node 20.3 lacks it; `await using` looks it up by this name.
if (!Symbol.asyncDispose) Object.defineProperty(Symbol, 'asyncDispose', { value: Symbol.for('Symbol.asyncDispose') });

/** An input of a test: an artifact that an earlier node made, or one made on the spot, of the kind that the port takes. */
export type TestInput = Ref | InputArtifact | TestArtifact;

/** An artifact in the making; file contents are bytes, text, or the path of any file. */
export interface TestArtifact {
  readonly value?: unknown;
  readonly files?: OutputArtifact['files'];
}

export interface RunNodeOptions {
  /** As a pipeline gives them; the contract's schema fills in its defaults. */
  readonly params?: unknown;
  readonly inputs?: { readonly [port: string]: TestInput | readonly TestInput[] | undefined };
  /** The run's seed, 0 by default; `ctx.seed` is drawn from it and the node's key, as in a run. */
  readonly seed?: number;
  /** Default 1. */
  readonly threads?: number;
  /** What TensorFlow computes on, for a contract that says `tensorflow: true`; what is there by default. */
  readonly backend?: Backend;
  /** As a call of a study's trial: whether more may be asked, and from whose checkpoint it goes on. */
  readonly trial?: TrialFacts;
  /** A store to work in; a temporary one by default. */
  readonly store?: Store;
  /** Parts of the plugin under test that open what the node takes, such as its model kinds. Those of the package are there. */
  readonly parts?: readonly Part[];
  /** Parts of the surroundings that a test wants to play itself. */
  readonly host?: Partial<ExecutionHost>;
}

/** What a node gave, opened for reading. */
export interface NodeRun {
  readonly outputs: Readonly<Record<string, InputArtifact>>;
  /** The output of a node that has only one. */
  readonly output: InputArtifact;
  /** What it wrote by `ctx.log`. */
  readonly log: readonly string[];
  /** What it told by `ctx.report`, by step. */
  readonly reports: ReportList;
  /** What it told by `ctx.progress`. */
  readonly progress: readonly { readonly fraction: number; readonly message: string | undefined }[];
  readonly key: Digest;
  readonly store: Store;
  /** Removes the temporary store, if `runNode` made it. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

let given: readonly Part[] = [];
let packaged: PartsOnHand | undefined;

/** Lets nodes of a test find the parts of the package and those given. */
function givePartsOf({ parts = [] }: RunNodeOptions): void {
  given = [...parts, ...given];
  packaged ??= builtInParts();
  const own = partsOf(given);
  const both: PartsOnHand = {
    names: async (sort) => [...(await own.names(sort)), ...(await packaged!.names(sort))],
    find: async (sort, name) => (await own.find(sort, name)) ?? packaged!.find(sort, name),
  };
  provideParts(() => both);
}

const temporary = new Set<string>();
let willClean = false;
const removeTemporary = (folder: string): void => {
  rmSync(folder, { recursive: true, force: true });
  temporary.delete(folder);
};

/** A folder that is removed when this process ends, if not before. */
function makeTemporary(): string {
  if (!willClean) process.once('exit', () => temporary.forEach(removeTemporary));
  willClean = true;
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-test-'));
  temporary.add(folder);
  return folder;
}

/**
 * Runs one node as a worker would, without Temporal: parameters and inputs are checked, outputs are checked, stored
 * and opened again. Throws what a run would fail with.
 *
 * ```ts
 * await using run = await runNode(headNode, { params: { rows: 2 }, inputs: { table: { files: { 'data.parquet': { path } } } } });
 * expect(run.output.value).toEqual({ rows: 2 });
 * ```
 */
export async function runNode(implementation: Implementation, options: RunNodeOptions = {}): Promise<NodeRun> {
  const { spec } = implementation.contract;
  const folder = makeTemporary();
  const store = options.store ?? new FileStore(path.join(folder, 'store'));
  const log: string[] = [];
  const reports: [number, Reported | null][] = [];
  const progress: { fraction: number; message: string | undefined }[] = [];
  try {
    const artifacts = new Artifacts(store);
    const params = parseParams(spec, options.params);
    const inputs = await storeInputs(spec, options.inputs ?? {}, artifacts);
    const identity = identityOf(spec, params, inputs, options);
    const key = nodeKey(identity);
    givePartsOf(options);
    const refs = await executeNode({
      implementation,
      store,
      task: {
        run: { id: 'test', lineage: 'test', pipeline: 'test', cause: null },
        key,
        params,
        inputs,
        threads: options.threads ?? 1,
        keyed: { backend: identity.backend },
        scope: spec.name,
        ...(spec.seeded ? { seed: nodeSeed(identity, spec.continuesOver) } : {}),
        ...(options.trial === undefined ? {} : { trial: options.trial }),
      },
      host: {
        scratchRoot: path.join(folder, 'scratch'),
        device: 'cpu',
        attempt: 1,
        signal: new AbortController().signal,
        log: (message) => log.push(message),
        progress: (fraction, message) => progress.push({ fraction, message }),
        report: (step, value) => reports.push([step, value]),
        secret: (name) => notHere(`the secret "${name}"`),
        client: async () => notHere('a client'),
        ...options.host,
      },
    });
    const outputs: Record<string, InputArtifact> = {};
    for (const [port, ref] of Object.entries(refs)) outputs[port] = await artifacts.open(ref);
    const dispose = async (): Promise<void> => removeTemporary(folder);
    return {
      outputs,
      get output() {
        return (
          outputs[ONLY_OUTPUT] ?? notHere(`one output of ${spec.name}, which has ${Object.keys(outputs).join(', ')},`)
        );
      },
      log,
      progress,
      reports,
      key,
      store,
      dispose,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    removeTemporary(folder);
    throw error;
  }
}

function parseParams(spec: AnyContract['spec'], params: unknown): Json {
  const parsed = spec.params.safeParse(params ?? {});
  if (parsed.success) return parsed.data as Json;
  throw new TrainyardError('TY-PARAM', {
    what: `the parameters of ${spec.name} are not valid: ${sayIssues(parsed.error)}`,
    where: { node: spec.name, field: parsed.error.issues[0]?.path.join('.') || undefined },
  });
}

async function storeInputs(
  spec: AnyContract['spec'],
  given: NonNullable<RunNodeOptions['inputs']>,
  artifacts: Artifacts,
): Promise<Record<string, Ref | Ref[]>> {
  const stored: Record<string, Ref | Ref[]> = {};
  for (const [port, input] of Object.entries(given)) {
    if (input === undefined) continue;
    const store = async (one: TestInput): Promise<Ref> => {
      if (isRef(one)) return one;
      if ('ref' in one) return one.ref;
      return artifacts.write(spec.inputs[port]?.kind ?? 'file', one as OutputArtifact);
    };
    stored[port] = Array.isArray(input) ? await Promise.all(input.map(store)) : await store(input as TestInput);
  }
  return stored;
}

function identityOf(
  spec: AnyContract['spec'],
  params: Json,
  inputs: Record<string, Ref | Ref[]>,
  options: RunNodeOptions,
): NodeIdentity {
  const digests = Object.entries(inputs).map(([port, ref]) => [
    port,
    Array.isArray(ref) ? ref.map(({ digest }) => digest) : ref.digest,
  ]);
  return {
    node: spec.name,
    version: spec.version,
    code: 'test',
    params,
    inputs: Object.fromEntries(digests) as Record<string, Digest>,
    ...(spec.seeded ? { seed: options.seed ?? 0 } : {}),
    threads: options.threads ?? 1,
    ...(spec.tensorflow ? { backend: options.backend } : {}),
  };
}

function notHere(what: string): never {
  throw new TrainyardError('TY-NODE-INPUT', {
    what: `there is not ${what} in this test`,
    remedy: 'give it to runNode in host: { … }',
  });
}
