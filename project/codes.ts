import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { TrainyardError } from '../core/errors/index.js';
import { canonical } from '../core/json.js';
import { hashCode, hashText, installedVersion } from './code-hash.js';
import { compileModule } from './compile.js';
import { bundleOwn, placeOwn } from './own-modules.js';
import { packageRoot } from '../setup/package-root.js';
import { compiled } from './package-root.js';
import { fileHashes, type CodeParts } from './code-parts.js';
import { CODES_FORMAT, preparedNodes, type PreparedNodes } from './prepared-nodes.js';
import type { PluginModule, Project } from './project.js';
import { replaceWhole } from './write-whole.js';

/** Where the work of a node is, and which code it is. */
export interface NodeCode {
  readonly node: string;
  /** Hash of the implementation: part of every key of the node. */
  readonly hash: string;
  /** Module to import, compiled and named by its content: it can still be run when the project has moved on. */
  readonly module: string;
  readonly exportName: string;
  /** Where it was compiled from: the packages that it imports are looked for from there. */
  readonly source: string;
  /** What the hash was taken of, for saying what has changed. */
  readonly parts: CodeParts;
}

/** What a worker module exports, found by loading it in a process of its own. */
type Exports = Record<string, { exportName: string; node: string }[]>;

/** A plugin that has implementations. */
export type ImplementedPlugin = PluginModule & { readonly workerFile: string };

export function implemented(plugins: readonly PluginModule[]): ImplementedPlugin[] {
  return plugins.filter((plugin): plugin is ImplementedPlugin => plugin.workerFile !== undefined);
}

/**
 * Code hashes (`hashCode`) and places of all nodes that have an implementation. Those of built-in nodes come with the
 * package; the rest is kept under the hash of its worker modules, so an unchanged project pays one bundling.
 */
export async function nodeCodes(project: Project): Promise<Map<string, NodeCode>> {
  const plugins = implemented(project.plugins);
  const prepared = await preparedNodes();
  const rest = prepared ? plugins.filter(({ builtIn }) => !builtIn) : plugins;
  const codes = [
    ...(prepared
      ? await kept(project, canonical([prepared.format, packageRoot(), hashText(JSON.stringify(prepared))]), () =>
          placePrepared(prepared, plugins, project),
        )
      : []),
    ...(await kept(project, await stateOf(rest, project), () => computeCodes(rest, project))),
  ];
  return new Map(codes.map((code) => [code.node, code]));
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
async function stateOf(plugins: readonly ImplementedPlugin[], project: Project): Promise<string> {
  const whole = await hashCode(
    Object.fromEntries(plugins.map(({ name, workerFile }) => [name, { file: workerFile }])),
    project.root,
  );
  return canonical([CODES_FORMAT, plugins.map(({ name, workerFile }) => [name, workerFile, whole[name]?.hash ?? ''])]);
}

/** Codes as they were kept for a state, else computed and kept, each also by itself for when the project has moved on. */
async function kept(
  project: Pick<Project, 'build'>,
  state: string,
  compute: () => Promise<NodeCode[]>,
): Promise<NodeCode[]> {
  const file = path.join(project.build, `codes-${hashText(state)}.json`);
  const known = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as NodeCode[],
    () => undefined,
  );
  if (known?.every((code) => existsSync(code.module) && code.parts)) return known;
  const codes = await compute();
  await replaceWhole(file, JSON.stringify(codes));
  for (const code of codes) await replaceWhole(codeFile(project, code.node, code.hash), JSON.stringify(code));
  return codes;
}

async function placePrepared(
  prepared: PreparedNodes,
  plugins: readonly ImplementedPlugin[],
  { build }: Pick<Project, 'build'>,
): Promise<NodeCode[]> {
  const modules = await placeOwn(prepared, build);
  return prepared.nodes.flatMap(({ plugin, ...code }) => {
    const source = plugins.find(({ name, builtIn }) => builtIn && name === plugin)?.workerFile;
    const module = modules[plugin];
    return source === undefined || module === undefined ? [] : [{ ...code, module, source }];
  });
}

async function computeCodes(plugins: readonly ImplementedPlugin[], project: Project): Promise<NodeCode[]> {
  if (plugins.length === 0) return [];
  const own = plugins.filter(({ builtIn }) => builtIn);
  const modules = {
    ...(own.length === 0 ? {} : await placeOwn(await bundleOwn(workersOf(own)), project.build)),
    ...Object.fromEntries(
      await Promise.all(
        plugins
          .filter(({ builtIn }) => !builtIn)
          .map(async ({ name, workerFile }) => [name, await compileModule(workerFile, project.build)] as const),
      ),
    ),
  };
  return (await codesIn(plugins, modules, project.root)).map(({ plugin: _, ...code }) => code);
}

export function workersOf(plugins: readonly ImplementedPlugin[]): Record<string, string> {
  return Object.fromEntries(plugins.map(({ name, workerFile }) => [name, workerFile]));
}

/** The codes of plugins whose worker modules are compiled (plugin → file). */
export async function codesIn(
  plugins: readonly ImplementedPlugin[],
  modules: Readonly<Record<string, string>>,
  root: string,
): Promise<(NodeCode & { readonly plugin: string })[]> {
  const exports = await scan(modules, root);
  const nodes = plugins.flatMap((plugin) =>
    (exports[plugin.name] ?? []).map(({ node, exportName }) => ({ node, exportName, plugin })),
  );
  const hashed = await hashCode(
    Object.fromEntries(nodes.map(({ node, exportName, plugin }) => [node, { file: plugin.workerFile, exportName }])),
    root,
  );
  const files = await fileHashes(
    Object.values(hashed).flatMap((one) => one.files),
    root,
  );
  return nodes.flatMap(({ node, exportName, plugin }) => {
    const code = hashed[node];
    const module = modules[plugin.name];
    if (!code || module === undefined) return [];
    const parts = { files: code.files.flatMap((file) => files.get(file) ?? []), packages: code.packages };
    return [{ plugin: plugin.name, node, exportName, module, source: plugin.workerFile, hash: code.hash, parts }];
  });
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
  if (!code || !existsSync(code.module)) return 'it was never on this machine, or .trainyard/build was emptied';
  const other = code.parts.packages.flatMap(([name, version]) => {
    const now = installedVersion(name, code.source);
    return now === version ? [] : [`it needs ${name} ${version}, and ${now} is there`];
  });
  return other.length === 0 ? code : other.join('; ');
}
