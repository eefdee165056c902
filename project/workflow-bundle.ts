import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { durationMs, sizeBytes } from '../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import type { BundleData, PoolFacts } from '../workflows/engine/index.js';
import { bundle } from './bundle.js';
import { bundleEntries } from './compile.js';
import { slotsOf, type Backend, type Config } from '../core/config.js';
import { canLoad } from '../setup/tensorflow-load.js';
import type { ChildFacts, ProcessFacts } from '../core/process-facts.js';
import type { ProjectCodes } from './codes.js';
import { packageRoot } from '../setup/package-root.js';
import { compiled, packageVersion } from './package-root.js';
import { preparedSandbox } from './prepared-sandbox.js';
import type { Project } from './project.js';
import { replaceWhole, writeWhole } from './write-whole.js';

type Pool = Config['pools'][string];

export interface WorkflowBundle {
  readonly code: string;
  /** Hash of all that decides what the Workflows do: runs keep to the build that they started with. */
  readonly buildId: string;
}

/** Facts of the configured pools, as nodes are placed by them. */
export function poolFacts(project: Pick<Project, 'config'>): PoolFacts[] {
  return Object.entries(project.config.pools).map(([name, pool]) => {
    const memory = pool.memory === undefined ? undefined : sizeBytes(pool.memory);
    return {
      name,
      slots: slotsOf(pool),
      cpu: pool.cpu,
      gpus: pool.devices?.length ?? 0,
      labels: pool.labels,
      backend: backendOf(pool),
      ...(memory === undefined ? {} : { memory }),
    };
  });
}

/** How many digits of a build's name say its code; the rest says what the machine adds: its pages, what trains there. */
const CODE_DIGITS = 16;

/** Whether two builds are of one code, by machines that may differ. */
export function isSameCode(one: string, other: string): boolean {
  return one.slice(0, CODE_DIGITS) === other.slice(0, CODE_DIGITS);
}

/** Name of the build of a project as it is: the hash of all that decides what its Workflows do. Bundles nothing. */
export async function buildIdOf(
  project: Project,
  codes: Pick<ProjectCodes, 'nodes' | 'processes'>,
  pages: string | undefined,
): Promise<string> {
  const { pools, ...facts } = bundleFacts(project, codes, undefined);
  const everywhere = { ...facts, pools: pools.map(({ backend: _, ...pool }) => pool) };
  const code = await fingerprintOf(project, entryBody(project, codes.processes), everywhere);
  const here = JSON.stringify([pages ?? '', ...pools.map(({ backend }) => backend)]);
  const place = createHash('sha256').update(here).digest('hex');
  return code.slice(0, CODE_DIGITS) + place.slice(0, 24 - CODE_DIGITS);
}

/** File of a build's code. */
export function bundleFile({ build }: Pick<Project, 'build'>, buildId: string): string {
  return path.join(build, `workflows-${buildId}.js`);
}

/**
 * What TensorFlow computes on in a pool: what the configuration says, else a device where it has some, else what is
 * installed here, where its keys are made.
 */
export function backendOf({ backend, devices }: Pick<Pool, 'backend' | 'devices'>): Backend {
  return backend ?? (devices?.length ? 'cuda' : canLoad('native', false) ? 'native' : 'wasm');
}

/**
 * The code of all Workflows of a project: its pipelines, the engine and the durable processes, bundled for the Workflow
 * sandbox. Bundling takes a second, so a bundle is kept under its build's name, which the caller knows.
 */
export async function workflowBundle(
  project: Project,
  codes: Pick<ProjectCodes, 'nodes' | 'processes'>,
  pages: string | undefined,
  buildId: string,
): Promise<WorkflowBundle> {
  const file = bundleFile(project, buildId);
  if (existsSync(file)) return { code: await readFile(file, 'utf8'), buildId };
  const code = await bundleWith(project, codes.processes, { ...bundleFacts(project, codes, pages), buildId });
  await replaceWhole(file, code);
  return { code, buildId };
}

/** A build that was kept, whatever the project has become. */
export async function keptBundle(project: Pick<Project, 'build'>, buildId: string): Promise<WorkflowBundle> {
  return { code: await readFile(bundleFile(project, buildId), 'utf8'), buildId };
}

/** What a bundle knows of its project beside the code of the Workflows. */
export function bundleFacts(
  project: Project,
  { nodes }: Pick<ProjectCodes, 'nodes'>,
  pages: string | undefined,
): Omit<BundleData, 'buildId'> {
  return {
    codes: Object.fromEntries(
      [...nodes.values()]
        .map((code) => [code.node, code.hash] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    ),
    pools: poolFacts(project),
    heartbeatMs: durationMs(project.config.heartbeat) ?? 12_000,
    ...(pages === undefined ? {} : { pages }),
  };
}

/** Bundles a project's Workflows, as they are now, with facts that are given: those of another day, for a replay. */
export async function bundleWith(
  project: Project,
  processes: readonly ProcessFacts[],
  data: BundleData,
): Promise<string> {
  const entry = path.join(project.build, `entry-${data.buildId}.ts`);
  const body = entryBody(project, processes);
  await writeWhole(entry, `${body}\ninstallBundle(${JSON.stringify(data)}, contracts, pipelines, processes);\n`);
  return (await bundle(entry, path.join(project.build, 'webpack'))).code;
}

/** Whether Workflows of a type are runs, or a part of one: not processes that live beside them. */
export function isRunType(processes: readonly ProcessFacts[], type: string): boolean {
  return processes.find(({ name }) => name === type)?.versions !== 'moves on';
}

function entryBody(project: Project, processes: readonly ProcessFacts[]): string {
  const pipelines = [...project.pipelines.values()];
  const clash = pipelines.find((one) => processes.some(({ name }) => name === one.name));
  if (clash)
    throw new TrainyardError('TY-CONFIG', {
      what: `a pipeline cannot be called "${clash.name}": a durable process is`,
      where: { file: clash.file },
      remedy: 'rename the pipeline; trainyard plugins lists the processes',
    });
  const from = (file: string): string => JSON.stringify(file);
  const told: ChildFacts[] = processes.map(({ name, ends, repeated, grows }) => ({ name, ends, repeated, grows }));
  return [
    `import { setWorkflowOptions } from '@temporalio/workflow';`,
    `import { installBundle, pipelineWorkflow } from ${from(compiled('workflows', 'engine', 'index.js'))};`,
    `import { isContract } from ${from(compiled('core', 'node.js'))};`,
    ...processes.map(
      ({ workflow }, index) =>
        `import { ${workflow.exportName} as process${index} } from ${from(sourceOf(workflow.file))};`,
    ),
    ...project.plugins.map((plugin, index) => `import * as contracts${index} from ${from(plugin.contractFile)};`),
    ...pipelines.map((one, index) => `import { ${one.exportName} as pipeline${index} } from ${from(one.file)};`),
    `const contracts = [${project.plugins.map((_, index) => `contracts${index}`).join(', ')}].flatMap((module) => Object.values(module)).filter(isContract);`,
    // Runs keep the code that they started with, and so do the processes that are a part of one.
    ...processes.flatMap(({ versions }, index) =>
      versions === 'moves on' ? [`setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, process${index});`] : [],
    ),
    `const processes = ${JSON.stringify(told)};`,
    `const pipelines = [${pipelines.map((_, index) => `pipeline${index}`).join(', ')}];`,
    ...pipelines.map((_, index) => `const run${index} = pipelineWorkflow(pipeline${index});`),
    `export { ${[...processes.map(({ name }, index) => `process${index} as ${JSON.stringify(name)}`), ...pipelines.map((one, index) => `run${index} as ${JSON.stringify(one.name)}`)].join(', ')} };`,
  ].join('\n');
}

/** The file of a module: a plugin that is a folder of the project has TypeScript under a name that says JavaScript. */
function sourceOf(file: string): string {
  const source = file.replace(/\.js$/, '.ts');
  return existsSync(file) || !existsSync(source) ? file : source;
}

async function fingerprintOf(project: Project, body: string, data: object): Promise<string> {
  const prepared = await preparedSandbox();
  // Which of this package's own declarations are used says nothing: its version counts anyway, and finding out takes half
  // a second.
  const isOwn = (file: string): boolean => !path.relative(compiled(), file).startsWith('..');
  const taken = prepared ? { outside: (file: string) => prepared.modules.has(file) } : { whole: isOwn };
  const bundled = await bundleEntries({ workflows: body }, project.root, taken);
  const hash = createHash('sha256');
  // Files of this package are named by their places on this machine: what they hold counts, not where.
  const code = (bundled['workflows']?.code ?? '').replaceAll(packageRoot(), '');
  for (const part of [packageVersion(), prepared?.digest ?? '', JSON.stringify(data), code])
    hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 24);
}
