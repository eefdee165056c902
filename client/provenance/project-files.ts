import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { programSources } from '../../project/codes.js';
import { build } from '../../project/compiler.js';
import { TrainyardError } from '@trainyard/errors';
import type { Project } from '../../project/project.js';

export interface ProjectFiles {
  /** Files of the project that its code is made of, relative to its folder, sorted, with `/`. */
  readonly files: readonly string[];
  /** Packages that they import, sorted. */
  readonly packages: readonly string[];
}

const BESIDE = ['package.json', 'package-lock.json', 'tsconfig.json'];

/**
 * The files of a project's own code: its configuration, pipelines and plugins, and what they import from its folder.
 * Data, secrets and everything else stay where they are. Throws TY-CODE for code outside the project's folder.
 */
export async function projectFiles(project: Project): Promise<ProjectFiles> {
  const own = project.plugins.filter((plugin) => !plugin.builtIn && inside(project.root, plugin.contractFile));
  const entryPoints = [
    project.configFile,
    ...[...project.pipelines.values()].map(({ file }) => file),
    ...own.flatMap(({ contractFile, workerFile }) => [contractFile, ...(workerFile === undefined ? [] : [workerFile])]),
  ];
  const { metafile } = await build({
    entryPoints: [...new Set(entryPoints)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
    absWorkingDir: project.root,
    outdir: path.join(project.root, 'out'),
  });
  const programs = (await programSources(project)).filter((file) => !file.split(path.sep).includes('node_modules'));
  const files = [...Object.keys(metafile.inputs), ...programs.map((file) => path.relative(project.root, file))].map(
    (file) => file.split(path.sep).join('/'),
  );
  const outside = files.find((file) => !isPlainPath(file));
  if (outside !== undefined)
    throw new TrainyardError('TY-CODE', {
      what: 'the project uses code outside its own folder, which an export cannot carry',
      where: { file: outside },
      remedy: 'move it into the project, or make it a package',
    });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.filter(({ external }) => external));
  const packages = [
    ...imports.map((one) => one.path),
    ...project.plugins.filter((plugin) => !plugin.builtIn && !own.includes(plugin)).map(({ name }) => name),
  ];
  return {
    files: [...files, ...BESIDE.filter((file) => existsSync(path.join(project.root, file)))].sort(),
    packages: [...new Set(packages.filter((name) => !name.startsWith('node:')).map(packageName))].sort(),
  };
}

function inside(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return !relative.startsWith('..') && !path.isAbsolute(relative) && !relative.split(path.sep).includes('node_modules');
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** A relative path of plain names: it cannot lead out of the folder that it is put into, nor among packages or state. */
export function isPlainPath(file: string): boolean {
  const segments = file.split('/');
  return (
    file.length <= 400 &&
    segments.every(
      (name) => /^[\p{L}\p{N}_@+()[\]$~. -]+$/u.test(name) && !/^\.{1,2}$/.test(name) && name.trim() === name,
    ) &&
    !['node_modules', '.trainyard', '.git'].some((name) => segments.includes(name))
  );
}

/** Where a package is installed: in the folder or above it, or beside this program. */
export function findPackage(name: string, folders: readonly string[]): string | undefined {
  for (const start of folders) {
    for (let folder = start; ; folder = path.dirname(folder)) {
      const installed = path.join(folder, 'node_modules', name);
      if (existsSync(path.join(installed, 'package.json'))) return installed;
      const own = path.join(folder, 'package.json');
      if (existsSync(own) && (JSON.parse(readFileSync(own, 'utf8')) as { name?: string }).name === name) return folder;
      if (folder === path.dirname(folder)) break;
    }
  }
  return undefined;
}
