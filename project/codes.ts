import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { TrainyardError } from '../core/errors/index.js';
import { canonical } from '../core/json.js';
import { bundleEntries, compileModule, type BundledEntry } from './compile.js';
import { compiled } from './package-root.js';
import { fileHashes, type CodeParts } from './code-parts.js';
import type { PluginModule, Project } from './project.js';
import { replaceWhole } from './write-whole.js';

/** Where the work of a node is, and which code it is. */
export interface NodeCode {
  readonly node: string;
  /** Hash of the implementation: part of every key of the node. */
  readonly hash: string;
  /** Module to import, compiled and named by its content. */
  readonly module: string;
  readonly exportName: string;
  /** The module's name says its content: it can still be run when the project has moved on. */
  readonly kept: boolean;
  /** What the hash was taken of, for saying what has changed. */
  readonly parts: CodeParts;
}

/** What a worker module exports, found by loading it in a process of its own. */
type Exports = Record<string, { exportName: string; node: string }[]>;

/**
 * Code hashes and places of all nodes that have an implementation. A hash covers the node's own export, all local
 * files that it uses and the versions of the packages that it imports; comments, layout and unused neighbours do not
 * count. Kept under the hash of all worker modules, so an unchanged project pays one bundling.
 */
export async function nodeCodes(project: Project): Promise<Map<string, NodeCode>> {
  const plugins = project.plugins.filter(
    (plugin): plugin is PluginModule & { workerFile: string } => plugin.workerFile !== undefined,
  );
  const whole = await bundleEntries(
    Object.fromEntries(
      plugins.map((plugin) => [
        plugin.name,
        `export * from ${JSON.stringify(plugin.workerFile)}; export { default } from ${JSON.stringify(plugin.workerFile)};`,
      ]),
    ),
    project.root,
  ).catch(() =>
    bundleEntries(
      Object.fromEntries(plugins.map((plugin) => [plugin.name, `export * from ${JSON.stringify(plugin.workerFile)};`])),
      project.root,
    ),
  );
  const fingerprint = hash(
    canonical(
      plugins.map((plugin) => [plugin.name, plugin.workerFile, describe(whole[plugin.name], plugin.workerFile)]),
    ),
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
  const modules = new Map(
    await Promise.all(
      plugins.map(
        async (plugin) =>
          [
            plugin.name,
            plugin.builtIn ? plugin.workerFile : await compileModule(plugin.workerFile, project.build),
          ] as const,
      ),
    ),
  );
  const exports = await scan(Object.fromEntries(modules), project.root);
  const entries: Record<string, string> = {};
  const nodes: { node: string; exportName: string; plugin: PluginModule & { workerFile: string } }[] = [];
  for (const plugin of plugins) {
    for (const { exportName, node } of exports[plugin.name] ?? []) {
      nodes.push({ node, exportName, plugin });
      entries[node] = `export { ${exportName} as node } from ${JSON.stringify(plugin.workerFile)};`;
    }
  }
  const bundled = await bundleEntries(entries, project.root);
  const hashes = await fileHashes(
    Object.values(bundled).flatMap((entry) => entry.files),
    project.root,
  );
  const workers = new Map(nodes.map(({ node, plugin }) => [node, plugin.workerFile]));
  const partsOf = (node: string): CodeParts => ({
    files: (bundled[node]?.files ?? []).flatMap((file) => hashes.get(file) ?? []),
    packages: packageVersions(bundled[node]?.packages ?? [], workers.get(node) ?? project.root),
  });
  return nodes.map(({ node, exportName, plugin }) => ({
    node,
    exportName,
    module: modules.get(plugin.name) ?? plugin.workerFile,
    kept: !plugin.builtIn,
    hash: hash(canonical(describe(bundled[node], plugin.workerFile))),
    parts: partsOf(node),
  }));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** A bundle's code with the versions of the packages outside it. */
function describe(entry: BundledEntry | undefined, from: string): { code: string; packages: [string, string][] } {
  return { code: entry?.code ?? '', packages: packageVersions(entry?.packages ?? [], from) };
}

function packageVersions(specifiers: readonly string[], from: string): [string, string][] {
  const names = new Set(
    specifiers
      .filter((specifier) => !specifier.startsWith('node:') && !builtinModules.includes(specifier))
      .map((specifier) =>
        specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
  );
  return [...names].sort().map((name) => [name, installedVersion(name, from)]);
}

function installedVersion(name: string, from: string): string {
  for (let folder = path.dirname(from); ; folder = path.dirname(folder)) {
    const own = path.join(folder, 'package.json');
    const installed = path.join(folder, 'node_modules', name, 'package.json');
    for (const manifest of [installed, own]) {
      if (!existsSync(manifest)) continue;
      const read = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string; version?: string };
      if (read.name === name && read.version) return read.version;
    }
    if (folder === path.dirname(folder)) return 'not installed';
  }
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

/** Code of a node that an earlier state of the project had, if it was kept and can still be run. */
export async function formerCode(
  project: Pick<Project, 'build'>,
  node: string,
  hash: string,
): Promise<NodeCode | undefined> {
  const text = await readFile(codeFile(project, node, hash), 'utf8').catch(() => undefined);
  const code = text === undefined ? undefined : (JSON.parse(text) as NodeCode);
  return code?.kept && existsSync(code.module) ? code : undefined;
}
