import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { TrainyardError } from '@trainyard/errors';
import { canonical } from '../core/json.js';
import type { AnyContract } from '../core/node.js';
import type { BroughtPart, PartFacts } from '../core/part.js';
import { processFacts, type ProcessFacts } from '../core/process-facts.js';
import { hashCode, hashText, installedVersion } from './code-hash.js';
import { compileModule } from './compile.js';
import { bundleOwn, placeOwn } from './own-modules.js';
import { packageRoot } from '../setup/package-root.js';
import { compiled } from './package-root.js';
import { fileHashes } from './code-parts.js';
import type { Exported } from './exported.js';
import { partsIn } from './parts-in.js';
import { sourcesOfPrograms, withProgram } from './programs.js';
import { CODES_FORMAT, preparedNodes, type PreparedNodes } from './prepared-nodes.js';
import type { PluginModule, Project } from './project.js';
import { replaceWhole } from './write-whole.js';
import type { Codes, NodeCode, PartCode } from './code-types.js';

export type { Codes, NodeCode } from './code-types.js';

/** What worker modules export, found by loading them in a process of its own. */
type Exports = Record<string, Exported[]>;

/** An entry of a plugin that is loaded where nodes run: of implementations, or of what it brings beside nodes. */
export interface PluginEntry {
  /** Unique among the entries of a project. */
  readonly id: string;
  readonly plugin: string;
  readonly builtIn: boolean;
  readonly file: string;
}

export function entriesOf(plugins: readonly PluginModule[]): PluginEntry[] {
  return plugins.flatMap(({ name, builtIn, workerFile, partsFile }) => [
    ...(workerFile === undefined ? [] : [{ id: name, plugin: name, builtIn, file: workerFile }]),
    ...(partsFile === undefined ? [] : [{ id: `${name}-parts`, plugin: name, builtIn, file: partsFile }]),
  ]);
}

/** What a project's plugins bring, as worker and bundle need it. */
export interface ProjectCodes {
  /** Code hashes (`hashCode`) and places of all nodes that have an implementation. */
  readonly nodes: ReadonlyMap<string, NodeCode>;
  /** The durable processes, by name. */
  readonly processes: readonly ProcessFacts[];
  readonly brought: Codes['brought'];
}

export async function projectCodes(project: Project): Promise<ProjectCodes> {
  const { nodes, brought } = await pluginCodes(project);
  const parts = partsIn(brought.map(placeOf));
  const codes = await Promise.all(
    nodes.map(async ({ plugin: _, entry: __, ...code }) =>
      withProgram(withOpeners(code, project.contracts.get(code.node), brought), parts, project),
    ),
  );
  // Each by itself too, for when the project has moved on.
  for (const code of codes) {
    const file = codeFile(project, code.node, code.hash);
    if (!existsSync(file)) await replaceWhole(file, JSON.stringify(code));
  }
  return { nodes: new Map(codes.map((code) => [code.node, code])), processes: processesIn(brought), brought };
}

/** The durable processes among what plugins bring, in the order of their names. */
export function processesIn(brought: Codes['brought']): ProcessFacts[] {
  return brought
    .filter(({ brings }) => brings.part === 'process')
    .map(({ brings: { name, facts } }) => processFacts(name, facts))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * What the plugins of a project implement and bring. Codes of the built-in ones come with the package; the rest is kept
 * under the hash of its worker modules, so an unchanged project pays one bundling.
 */
export async function pluginCodes(project: Pick<Project, 'plugins' | 'root' | 'build'>): Promise<Codes> {
  const entries = entriesOf(project.plugins);
  const prepared = await preparedNodes();
  const rest = prepared ? entries.filter(({ builtIn }) => !builtIn) : entries;
  const own = prepared
    ? await kept(project, canonical([prepared.format, packageRoot(), hashText(JSON.stringify(prepared))]), () =>
        placePrepared(prepared, entries, project),
      )
    : { nodes: [], brought: [] };
  const others = await kept(project, await stateOf(rest, project), () => computeCodes(rest, project));
  requireDistinct([...own.brought, ...others.brought]);
  return { nodes: [...own.nodes, ...others.nodes], brought: [...own.brought, ...others.brought] };
}

function requireDistinct(brought: Codes['brought']): void {
  const first = new Map<string, string>();
  for (const { brings, plugin } of brought) {
    const other = first.get(partId(brings));
    if (other !== undefined)
      throw new TrainyardError('TY-CONFIG', {
        what: `two plugins bring a ${brings.part} called "${brings.name}": ${other} and ${plugin}`,
        where: { field: 'plugins' },
        remedy: 'rename one of them, or name only one of the plugins in temporal.config.ts',
      });
    first.set(partId(brings), plugin);
  }
}

/** A node's code together with the parts that open what it takes and asks for. */
function withOpeners(code: NodeCode, contract: AnyContract | undefined, brought: Codes['brought']): NodeCode {
  const { inputs = {}, asks = [] } = contract?.spec ?? {};
  const taken = new Set([...Object.values(inputs).map(({ kind }) => kind), ...asks]);
  const openers = brought
    .filter(({ brings }) => brings.opens !== undefined && taken.has(brings.opens))
    .sort((a, b) => (partId(a.brings) < partId(b.brings) ? -1 : 1));
  if (openers.length === 0) return code;
  const opens = openers.map(placeOf);
  return {
    ...code,
    opens,
    hash: hashText(canonical([code.hash, ...openers.map(({ brings, hash }) => [partId(brings), hash])])),
    parts: {
      files: distinct([code, ...openers].flatMap(({ parts }) => parts.files)),
      packages: distinct([code, ...openers].flatMap(({ parts }) => parts.packages)),
    },
  };
}

/** Files that programs of the project's nodes are made of beside their modules, as full paths, sorted. */
export async function programSources(project: Pick<Project, 'plugins' | 'root' | 'build'>): Promise<string[]> {
  const { nodes, brought } = await pluginCodes(project);
  return sourcesOfPrograms(nodes, partsIn(brought.map(placeOf)));
}

/** Where a part is, for whoever loads it. */
export function placeOf({ brings: { part, name }, module, exportName, source }: PartCode): BroughtPart {
  return { part, name, module, exportName, source };
}

const partId = ({ part, name }: Pick<PartFacts, 'part' | 'name'>): string => `${part} ${name}`;

function distinct(pairs: readonly (readonly [string, string])[]): [string, string][] {
  return [...new Map(pairs.map(([name, value]) => [`${name} ${value}`, [name, value] as [string, string]])).values()];
}

/** The code of each pipeline, with what it uses: its own file, what it imports, contracts too. */
export async function pipelineCodes(project: Project): Promise<Map<string, Pick<NodeCode, 'hash' | 'parts'>>> {
  const all = [...project.pipelines.values()];
  const hashed = await hashCode(
    Object.fromEntries(all.map(({ name, file, exportName }) => [name, { file, exportName }])),
    project.root,
  );
  const files = await fileHashes(
    Object.values(hashed).flatMap((one) => one.files),
    project.root,
  );
  return new Map(
    Object.entries(hashed).map(([name, code]) => {
      const parts = { files: code.files.flatMap((file) => files.get(file) ?? []), packages: code.packages };
      return [name, { hash: code.hash, parts }];
    }),
  );
}

/** What decides the codes of plugins. */
async function stateOf(entries: readonly PluginEntry[], project: Pick<Project, 'root'>): Promise<string> {
  const whole = await hashCode(Object.fromEntries(entries.map(({ id, file }) => [id, { file }])), project.root);
  return canonical([CODES_FORMAT, entries.map(({ id, file }) => [id, file, whole[id]?.hash ?? ''])]);
}

/** Codes as they were kept for a state, else computed and kept. */
async function kept(project: Pick<Project, 'build'>, state: string, compute: () => Promise<Codes>): Promise<Codes> {
  const file = path.join(project.build, `codes-${hashText(state)}.json`);
  const known = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Codes,
    () => undefined,
  );
  if (known && [...known.nodes, ...known.brought].every(({ module }) => existsSync(module))) return known;
  const codes = await compute();
  await replaceWhole(file, JSON.stringify(codes));
  return codes;
}

async function placePrepared(
  prepared: PreparedNodes,
  entries: readonly PluginEntry[],
  { build }: Pick<Project, 'build'>,
): Promise<Codes> {
  const modules = await placeOwn(prepared, build);
  const placed = <Code extends { readonly entry: string }>(code: Code) => {
    const source = entries.find(({ id, builtIn }) => builtIn && id === code.entry)?.file;
    const module = modules[code.entry];
    return source === undefined || module === undefined ? [] : [{ ...code, module, source }];
  };
  const brought = prepared.brought.map((part) => withWorkflow(part, (file) => path.resolve(packageRoot(), file)));
  return { nodes: prepared.nodes.flatMap(placed), brought: brought.flatMap(placed) };
}

/** A part with the file of its Workflow, where it has one, named in another way. */
export function withWorkflow<P extends Pick<PartCode, 'brings'>>(part: P, name: (file: string) => string): P {
  const { facts, ...brings } = part.brings;
  if (brings.part !== 'process') return part;
  const { name: _, workflow, ...known } = processFacts(brings.name, facts);
  return { ...part, brings: { ...brings, facts: { ...known, workflow: { ...workflow, file: name(workflow.file) } } } };
}

async function computeCodes(entries: readonly PluginEntry[], project: Pick<Project, 'root' | 'build'>): Promise<Codes> {
  if (entries.length === 0) return { nodes: [], brought: [] };
  const own = entries.filter(({ builtIn }) => builtIn);
  const modules = {
    ...(own.length === 0 ? {} : await placeOwn(await bundleOwn(filesOf(own)), project.build)),
    ...Object.fromEntries(
      await Promise.all(
        entries
          .filter(({ builtIn }) => !builtIn)
          .map(async ({ id, file }) => [id, await compileModule(file, project.build)] as const),
      ),
    ),
  };
  return codesIn(entries, modules, project.root);
}

export function filesOf(entries: readonly PluginEntry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ id, file }) => [id, file]));
}

/** The codes in entries whose modules are compiled (entry → file). */
export async function codesIn(
  entries: readonly PluginEntry[],
  modules: Readonly<Record<string, string>>,
  root: string,
): Promise<Codes> {
  const exports = await scan(modules, root);
  const found = entries.flatMap(({ id, plugin, file }) =>
    (exports[id] ?? []).map((one) => ({ ...one, entry: id, plugin, source: file, name: `${id} ${one.exportName}` })),
  );
  // A part that opens nothing is in no key.
  const keyed = found.filter(({ node, brings }) => node !== undefined || brings?.opens !== undefined);
  const hashed = await hashCode(
    Object.fromEntries(keyed.map(({ name, exportName, source }) => [name, { file: source, exportName }])),
    root,
  );
  const files = await fileHashes(
    Object.values(hashed).flatMap((one) => one.files),
    root,
  );
  const codes = found.flatMap(({ name, ...one }) => {
    const code = hashed[name] ?? { hash: '', files: [], packages: [] };
    const module = modules[one.entry];
    if (module === undefined) return [];
    const parts = { files: code.files.flatMap((file) => files.get(file) ?? []), packages: code.packages };
    return [{ ...one, module, hash: code.hash, parts }];
  });
  return {
    nodes: codes.flatMap(({ node, brings: _, ...code }) => (node === undefined ? [] : [{ ...code, node }])),
    brought: codes.flatMap(({ node: _, program: __, brings, ...code }) =>
      brings === undefined ? [] : [{ ...code, brings }],
    ),
  };
}

async function scan(modules: Record<string, string>, root: string): Promise<Exports> {
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--enable-source-maps', compiled('project', 'scan-main.js'), JSON.stringify(modules)],
      { cwd: root, maxBuffer: 1 << 26 },
    );
    return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1)) as Exports;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() || String(error);
    const lines = said.split('\n');
    // Node prints the place, the line, and then the error with its stack.
    const what = lines.find((line) => /^(Uncaught )?[A-Za-z]*Error\b.*: /.test(line)) ?? lines[0] ?? '';
    const at = /\(?((?:file:\/\/)?\/[^\s()]+:\d+:\d+)\)?$/.exec(lines.find((line) => /^\s+at /.test(line)) ?? '')?.[1];
    throw new TrainyardError('TY-CODE', {
      what: `an implementation could not be loaded: ${what}`,
      where: { file: at?.replace('file://', '') },
    });
  }
}

function codeFile(project: Pick<Project, 'build'>, node: string, hash: string): string {
  return path.join(project.build, `code-${node}-${hash}.json`);
}

/**
 * Code of a node that an earlier state of the project had, if it can still be run: it was kept, and the packages that it
 * imports are those that it was keyed with. Otherwise what is in its way, in words.
 */
export async function formerCode(
  project: Pick<Project, 'build'>,
  node: string,
  hash: string,
): Promise<NodeCode | string> {
  const text = await readFile(codeFile(project, node, hash), 'utf8').catch(() => undefined);
  const code = text === undefined ? undefined : (JSON.parse(text) as NodeCode);
  const opens = code?.opens ?? [];
  const needed = [code?.module, ...opens.map(({ module }) => module), code?.placed?.folder];
  if (!code || !needed.every((file) => file === undefined || existsSync(file)))
    return 'it was never on this machine, or .trainyard/build was emptied';
  const sources = [...new Set([code.source, ...opens.map(({ source }) => source)])];
  const other = code.parts.packages.flatMap(([name, version]) => {
    const now = sources.map((source) => installedVersion(name, source));
    return now.includes(version) ? [] : [`it needs ${name} ${version}, and ${now[0]} is there`];
  });
  return other.length === 0 ? code : other.join('; ');
}
