import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isComposite, type AnyComposite } from '../core/composite.js';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import { isContract, type AnyContract } from '../core/node.js';
import { isPipeline, type AnyPipeline } from '../core/pipeline.js';
import { importModule, resolveModule } from './compile.js';
import { parseConfig } from '../core/config.js';
import { compiled } from './package-root.js';
import { inSandbox } from './sandbox.js';
import { writeWhole } from './write-whole.js';
import type { PipelineModule, PluginModule, Project, ProjectBase } from './project-shape.js';

export type { PipelineModule, PluginModule, Project, ProjectBase } from './project-shape.js';

export const CONFIG_FILE = 'temporal.config.ts';

/** The configuration alone: quick, no pipeline or plugin is loaded. Throws TY-CONFIG-MISSING or TY-CONFIG. */
export async function loadConfig(from?: string): Promise<ProjectBase> {
  return loadConfigOf(findConfig(from));
}

/** `namedBy`: the configuration that names the file's folder as its project. */
async function loadConfigOf(configFile: string, namedBy?: string): Promise<ProjectBase> {
  const root = path.dirname(configFile);
  const state = path.join(root, '.trainyard');
  const build = path.join(state, 'build');
  // It holds keys and data of this machine. A folder that cannot be written is no reason to read nothing.
  await writeWhole(path.join(state, '.gitignore'), '*\n').catch(() => undefined);
  const module = await importModule(configFile, build);
  const config = parseConfig(module['default'], configFile);
  if (config.project !== undefined) {
    const folder = path.resolve(root, config.project);
    if (namedBy === undefined) return loadConfigOf(configIn(folder, configFile), configFile);
    throw new TrainyardError('TY-CONFIG', {
      what: `project names a folder whose configuration names another in turn`,
      where: { file: namedBy, field: 'project' },
      actual: folder,
      remedy: 'name the folder of the project itself',
    });
  }
  return inSandbox({ root, configFile, config, name: config.name ?? nameOf(root), state, build });
}

function nameOf(root: string): string {
  let name = path.basename(root);
  try {
    name = (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { name?: string }).name ?? name;
  } catch {
    // No package.json, or none that says a name: the folder's does.
  }
  return (
    name
      .toLowerCase()
      .replace(/^@[^/]*\//, '')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'project'
  );
}

/** The configuration of the folder that another one names as its project. */
function configIn(folder: string, namedBy: string): string {
  const file = path.join(folder, CONFIG_FILE);
  if (existsSync(file)) return file;
  throw new TrainyardError('TY-CONFIG', {
    what: `project names a folder without ${CONFIG_FILE}`,
    where: { file: namedBy, field: 'project' },
    expected: 'the folder of a project, relative to this file',
    actual: folder,
  });
}

function findConfig(from: string | undefined): string {
  const given = path.resolve(from ?? process.env['TRAINYARD_CONFIG'] ?? process.cwd());
  if (/\.[cm]?[jt]s$/.test(given)) {
    if (existsSync(given)) return given;
    throw new TrainyardError('TY-CONFIG-MISSING', { what: 'the configuration is not there', where: { file: given } });
  }
  for (let folder = given; ; folder = path.dirname(folder)) {
    const file = path.join(folder, CONFIG_FILE);
    if (existsSync(file)) return file;
    if (folder === path.dirname(folder)) {
      throw new TrainyardError('TY-CONFIG-MISSING', {
        what: `no ${CONFIG_FILE} in this folder or above it`,
        where: { file: path.join(given, CONFIG_FILE) },
      });
    }
  }
}

/** Loads a project whole. Throws in words when a module cannot be loaded, or two things have one name. */
export async function loadProject(from?: string): Promise<Project> {
  // Hundreds of modules, read while the compiler works on the configuration.
  const builtIn = builtInPlugins();
  builtIn.catch(() => undefined);
  const base = await loadConfig(from);
  process.env['TRAINYARD_PROJECT'] = base.root;
  const pipelines = loadPipelines(base);
  pipelines.catch(() => undefined);
  const plugins = await loadPlugins(base, builtIn);
  const contracts = new Map<string, AnyContract>();
  const owners = new Map<string, AnyContract | AnyComposite>();
  for (const plugin of plugins) {
    for (const one of [...plugin.contracts, ...plugin.composites]) {
      const { name } = isContract(one) ? one.spec : one.composite;
      if ((owners.get(name) ?? one) !== one) {
        throw new TrainyardError('TY-CONFIG', {
          what: `two plugins have a node called "${name}"`,
          where: { file: base.configFile, node: name },
          remedy: `rename it in plugin ${plugin.name}`,
        });
      }
      owners.set(name, one);
      if (isContract(one)) contracts.set(name, one);
    }
  }
  return { ...base, plugins, contracts, pipelines: await pipelines };
}

/** The built-in families, and the plugins that the configuration names. Throws TY-CONFIG for one that is not there. */
export async function loadPlugins(
  base: Pick<ProjectBase, 'config' | 'root' | 'configFile' | 'build'>,
  builtIn: Promise<readonly PluginModule[]> = builtInPlugins(),
): Promise<PluginModule[]> {
  const named = Promise.all(base.config.plugins.map((spec) => loadPlugin(spec, base)));
  named.catch(() => undefined);
  return [...(await builtIn), ...(await named)];
}

/** The families that come with this package. */
export async function builtInPlugins(): Promise<PluginModule[]> {
  const folder = compiled('plugins');
  const families = existsSync(folder)
    ? (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
    : [];
  const withContracts = families.sort().filter((family) => existsSync(path.join(folder, family, 'index.js')));
  return Promise.all(
    withContracts.map(async (family) => {
      const contractFile = path.join(folder, family, 'index.js');
      const workerFile = path.join(folder, family, 'worker.js');
      const partsFile = path.join(folder, family, 'parts.js');
      const module = (await import(pathToFileURL(contractFile).href)) as Record<string, unknown>;
      return {
        name: family,
        builtIn: true,
        contractFile,
        workerFile: existsSync(workerFile) ? workerFile : undefined,
        partsFile: existsSync(partsFile) ? partsFile : undefined,
        contracts: exportsOf(module, isContract),
        composites: exportsOf(module, isComposite),
      };
    }),
  );
}

async function loadPlugin(spec: string, base: Pick<Project, 'root' | 'configFile' | 'build'>): Promise<PluginModule> {
  const contractFile = (await resolveModule(spec, base.root)) ?? (await resolveModule(`${spec}/index`, base.root));
  if (!contractFile) {
    throw new TrainyardError('TY-CONFIG', {
      what: `plugin "${spec}" cannot be found`,
      where: { file: base.configFile, field: 'plugins' },
      expected: 'an installed package, or a folder with index.ts (contracts) and worker.ts (implementations)',
      remedy: spec.startsWith('.') ? 'correct the path; it is relative to temporal.config.ts' : `npm install ${spec}`,
    });
  }
  const workerFile = await resolveModule(`${spec}/worker`, base.root);
  const partsFile = await resolveModule(`${spec}/parts`, base.root);
  const module = await importModule(contractFile, base.build);
  return {
    name: spec,
    builtIn: false,
    contractFile,
    workerFile,
    partsFile,
    contracts: exportsOf(module, isContract),
    composites: exportsOf(module, isComposite),
  };
}

function exportsOf<T>(module: Record<string, unknown>, is: (value: unknown) => value is T): T[] {
  return [...new Set(Object.values(module).filter(is))];
}

async function loadPipelines(
  base: Pick<Project, 'root' | 'configFile' | 'build' | 'config'>,
): Promise<Map<string, PipelineModule>> {
  const files = (await Promise.all(base.config.pipelines.map((pattern) => expand(pattern, base)))).flat();
  const named = new Set(base.config.pipelines.map((pattern) => path.resolve(base.root, pattern)));
  const pipelines = new Map<string, PipelineModule>();
  // All are begun at once; what is wrong is told of the first.
  const begun = files.map((file) => ({ file, loading: importModule(file, base.build) }));
  for (const { loading } of begun) loading.catch(() => undefined);
  for (const { file, loading } of begun) {
    const module = await loading;
    const found = Object.entries(module).filter((entry): entry is [string, AnyPipeline] => isPipeline(entry[1]));
    // Beside pipelines a folder may hold what they share; a file named by itself must be one.
    if (found.length === 0 && named.has(file)) {
      throw new TrainyardError('TY-CONFIG', {
        what: `${path.relative(base.root, file)} exports no pipeline`,
        where: { file, field: 'pipelines' },
        expected: "export default pipeline('name', …)",
      });
    }
    for (const [exportName, pipeline] of found) {
      const known = pipelines.get(pipeline.name);
      if (known && (known.file !== file || known.pipeline !== pipeline)) {
        throw new TrainyardError('TY-CONFIG', {
          what: `two pipelines are called "${pipeline.name}"`,
          where: { file },
          actual: known.file,
          remedy: 'rename one of them',
        });
      }
      if (!known) pipelines.set(pipeline.name, { name: pipeline.name, file, exportName, pipeline });
    }
  }
  return pipelines;
}

async function expand(pattern: string, base: Pick<Project, 'root' | 'configFile'>): Promise<string[]> {
  const full = path.resolve(base.root, pattern);
  const missing = (names: string[]): TrainyardError =>
    new TrainyardError('TY-CONFIG', {
      what: `pipelines: "${pattern}" is not there; ${sayNearest(path.basename(pattern), names)}`,
      where: { file: base.configFile, field: 'pipelines' },
    });
  if (!pattern.includes('*')) {
    if (existsSync(full)) return [full];
    throw missing(await readdir(path.dirname(full)).catch(() => []));
  }
  const matcher = new RegExp(
    `^${path
      .basename(full)
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^/]*')}$`,
  );
  const names = (await readdir(path.dirname(full)).catch(() => [])).filter((name) => matcher.test(name)).sort();
  if (names.length === 0) throw missing([]);
  return names.map((name) => path.join(path.dirname(full), name));
}
