import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { InputArtifact } from '../core/artifact.js';
import { TrainyardError } from '@trainyard/errors';
import { isImplementation, type Implementation } from '../core/implementation.js';
import type { Json } from '../core/json.js';
import { nodeKey } from '../core/key.js';
import type { Ref } from '../core/kinds.js';
import { sayIssues } from '../core/pipeline.js';
import { ONLY_OUTPUT } from '../core/node.js';
import { provideParts } from '../core/provided-parts.js';
import { partsOfProject } from '../project/brought-parts.js';
import type { Project } from '../project/project-shape.js';
import { readSecretSource } from '../project/secret-source.js';
import { Artifacts, FileStore } from '../store/index.js';
import { executeNode } from './execute.js';

/** What calls nodes of the package in this process. */
export interface Alone {
  /** Runs a node of a built-in family; gives its only output, or the one called `out`. */
  call(node: string, given: { readonly params?: Json; readonly inputs?: Readonly<Record<string, Ref>> }): Promise<Ref>;
  open(ref: Ref): Promise<InputArtifact>;
}

/**
 * Runs built-in nodes in this process, without Temporal and without a trace: what they give lies in a temporary store, which is
 * gone when `use` has ended. For commands that look at data once. The nodes see the project's folder, parts and secrets.
 */
export async function runAlone<T>(project: Project, use: (alone: Alone) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trainyard-alone-'));
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  const parts = partsOfProject(project);
  provideParts(() => parts);
  const store = new FileStore(path.join(folder, 'store'));
  const artifacts = new Artifacts(store);
  try {
    return await use({
      open: (ref) => artifacts.open(ref),
      async call(node, { params = {}, inputs = {} }) {
        const implementation = await implementationOf(project, node);
        const { spec } = implementation.contract;
        const parsed = spec.params.safeParse(params);
        if (!parsed.success)
          throw new TrainyardError('TY-PARAM', { what: `${node}: ${sayIssues(parsed.error)}`, where: { node } });
        const identity = {
          node,
          version: spec.version,
          code: 'alone',
          params: parsed.data as Json,
          inputs: Object.fromEntries(Object.entries(inputs).map(([port, { digest }]) => [port, digest])),
          threads: availableParallelism(),
        };
        const outputs = await executeNode({
          implementation,
          store,
          task: {
            run: { id: 'alone', lineage: 'alone', pipeline: 'alone', cause: null },
            key: nodeKey(identity),
            params: identity.params,
            inputs,
            threads: identity.threads,
            keyed: {},
            scope: '',
          },
          host: {
            scratchRoot: path.join(folder, 'scratch'),
            device: 'cpu',
            attempt: 1,
            signal: stop.signal,
            log: () => undefined,
            progress: () => undefined,
            report: () => undefined,
            secret: (name) => secretOf(project, name),
            client: () => Promise.reject(new Error(`${node} asks for a client, and there is none here`)),
          },
        });
        const only = outputs[ONLY_OUTPUT];
        if (only) return only;
        throw new Error(`${node} has no output called ${ONLY_OUTPUT}`);
      },
    });
  } finally {
    process.removeListener('SIGINT', interrupt);
    provideParts(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function implementationOf({ plugins }: Project, node: string): Promise<Implementation> {
  const plugin = plugins.find(({ builtIn, contracts }) => builtIn && contracts.some(({ spec }) => spec.name === node));
  const module = plugin?.workerFile
    ? ((await import(pathToFileURL(plugin.workerFile).href)) as Record<string, unknown>)
    : {};
  const found = Object.values(module)
    .filter(isImplementation)
    .find(({ contract }) => contract.spec.name === node);
  if (found) return found;
  throw new TrainyardError('TY-NODE-NOT-IMPLEMENTED', { what: `${node} is no node of the package`, where: { node } });
}

function secretOf({ config, configFile }: Project, name: string): string {
  const source = config.secrets[name];
  const value = source && readSecretSource(source);
  if (value) return value;
  throw new TrainyardError('TY-NODE-SECRET', {
    what: `the secret "${name}" is not there`,
    where: { file: configFile, field: `secrets.${name}` },
  });
}
