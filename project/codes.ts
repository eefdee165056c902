import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { TrainyardError } from '../core/errors/index.js';
import { canonical } from '../core/json.js';
import { hashCode, hashText, installedVersion } from './code-hash.js';
import { compileModule, compileOwnModules } from './compile.js';
import { compiled } from './package-root.js';
import { fileHashes, type CodeParts } from './code-parts.js';
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

/** Raised when hashes are taken in another way, or kept in another form. */
const FORMAT = 2;

/** What a worker module exports, found by loading it in a process of its own. */
type Exports = Record<string, { exportName: string; node: string }[]>;

/**
 * Code hashes (`hashCode`) and places of all nodes that have an implementation. Kept under the hash of all worker
 * modules, so an unchanged project pays one bundling.
 */
export async function nodeCodes(project: Project): Promise<Map<string, NodeCode>> {
  const plugins = project.plugins.filter(
    (plugin): plugin is PluginModule & { workerFile: string } => plugin.workerFile !== undefined,
  );
  const whole = await hashCode(
    Object.fromEntries(plugins.map(({ name, workerFile }) => [name, { file: workerFile }])),
    project.root,
  );
  const fingerprint = hashText(
    canonical([FORMAT, plugins.map(({ name, workerFile }) => [name, workerFile, whole[name]?.hash ?? ''])]),
  );
  const kept = path.join(project.build, `codes-${fingerprint}.json`);
  const known = await readFile(kept, 'utf8').then(
    (text) => JSON.parse(text) as NodeCode[],
    () => undefined,
  );
  if (known?.every((code) => existsSync(code.module) && code.parts))
    return new Map(known.map((code) => [code.node, code]));
  const codes = await computeCodes(plugins, project);
  await replaceWhole(kept, JSON.stringify(codes));
  for (const code of codes) await replaceWhole(codeFile(project, code.node, code.hash), JSON.stringify(code));
  return new Map(codes.map((code) => [code.node, code]));
}

async function computeCodes(
  plugins: readonly (PluginModule & { workerFile: string })[],
  project: Project,
): Promise<NodeCode[]> {
  const modules = await compileWorkers(plugins, project.build);
  const exports = await scan(modules, project.root);
  const nodes = plugins.flatMap((plugin) =>
    (exports[plugin.name] ?? []).map(({ node, exportName }) => ({ node, exportName, plugin })),
  );
  const hashed = await hashCode(
    Object.fromEntries(nodes.map(({ node, exportName, plugin }) => [node, { file: plugin.workerFile, exportName }])),
    project.root,
  );
  const files = await fileHashes(
    Object.values(hashed).flatMap((one) => one.files),
    project.root,
  );
  return nodes.flatMap(({ node, exportName, plugin }) => {
    const code = hashed[node];
    const module = modules[plugin.name];
    if (!code || module === undefined) return [];
    const parts = { files: code.files.flatMap((file) => files.get(file) ?? []), packages: code.packages };
    return [{ node, exportName, module, source: plugin.workerFile, hash: code.hash, parts }];
  });
}

/** The compiled modules of implementations by their plugin's name. */
async function compileWorkers(
  plugins: readonly (PluginModule & { workerFile: string })[],
  build: string,
): Promise<Record<string, string>> {
  const own = plugins.filter(({ builtIn }) => builtIn).map(({ name, workerFile }) => [name, workerFile] as const);
  const others = plugins.filter(({ builtIn }) => !builtIn);
  return {
    ...(own.length === 0 ? {} : await compileOwnModules(Object.fromEntries(own), build)),
    ...Object.fromEntries(
      await Promise.all(
        others.map(async ({ name, workerFile }) => [name, await compileModule(workerFile, build)] as const),
      ),
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
  if (!code || !existsSync(code.module)) return 'it was never on this machine, or .trainyard/build was emptied';
  const other = code.parts.packages.flatMap(([name, version]) => {
    const now = installedVersion(name, code.source);
    return now === version ? [] : [`it needs ${name} ${version}, and ${now} is there`];
  });
  return other.length === 0 ? code : other.join('; ');
}
