import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isDigest } from '../../core/digest.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import type { GraphRecord } from '../../core/graph.js';
import { packageRoot } from '../../setup/package-root.js';
import { unpackZip } from '../../setup/zip.js';
import { checkKey, FileStore, readGraph, type Store } from '../../store/index.js';
import { EXPORT_ENTRY } from './export.js';
import { findPackage, isPlainPath } from './project-files.js';

const headSchema = z.object({
  format: z.literal('trainyard.export/1'),
  trainyard: z.string(),
  run: z.string().min(1).max(400),
  config: z.string().refine((name) => isPlainPath(name) && !name.includes('/')),
  packages: z.array(z.string().regex(/^(@[a-z0-9._-]+\/)?[a-z0-9][a-z0-9._-]*$/i)),
});

export interface OpenedExport {
  /** The project's configuration, unpacked. */
  readonly config: string;
  readonly store: Store;
  readonly graph: GraphRecord;
}

/**
 * Unpacks an export below a folder and links the packages that its code needs, from where this program was called or
 * is installed. Only entries of an export are taken, each to its own place; a blob is checked against its digest when
 * it is read. Its code is run by a verification, as any project's is. Throws TY-USAGE for a file that is none, TY-CODE
 * when a package is missing.
 */
export async function openExport(file: string, folder: string): Promise<OpenedExport> {
  const project = path.join(folder, 'project');
  await mkdir(project, { recursive: true });
  const head = await unpack(file, folder);
  await mkdir(path.join(project, 'node_modules'), { recursive: true });
  for (const name of head.packages) {
    const found = name === 'trainyard' ? packageRoot() : findPackage(name, [process.cwd(), packageRoot()]);
    if (found === undefined)
      throw new TrainyardError('TY-CODE', {
        what: `the exported project needs the package ${name}, which is not installed here`,
        remedy: `npm install ${name}, in the folder from which you call this`,
      });
    const link = path.join(project, 'node_modules', name);
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(found, link, 'dir');
  }
  const store = new FileStore(path.join(folder, 'store'));
  const graph = (await readGraph(store, head.run)) as unknown as GraphRecord | null;
  if (graph?.run !== head.run) throw noExport(file, 'the graph of its run is not in it');
  return { config: path.join(project, head.config), store, graph };
}

async function unpack(file: string, folder: string): Promise<z.output<typeof headSchema>> {
  try {
    await unpackZip(file, folder, placeOf);
    const head: unknown = JSON.parse(await readFile(path.join(folder, EXPORT_ENTRY), 'utf8'));
    const parsed = headSchema.safeParse(head);
    if (parsed.success) return parsed.data;
    throw new Error('its head is not one that this version knows');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && (error as NodeJS.ErrnoException).path === file)
      throw error;
    const cause = error instanceof Error && isTrainyardError(error) ? error.cause : error;
    throw noExport(file, cause instanceof Error ? cause.message : String(cause));
  }
}

/** Where an entry of an export belongs. Throws for any other: nothing is unpacked that nobody looks for. */
function placeOf(name: string): string {
  const [top = '', ...rest] = name.split('/');
  const inner = rest.join('/');
  if (rest.length === 0 && (name === EXPORT_ENTRY || name === 'manifest.json')) return name;
  if (top === 'records') return `store/records/${checkKey(inner)}`;
  if (top === 'blobs' && isDigest(inner))
    return `store/blobs/${inner.slice('sha256-'.length, 'sha256-'.length + 2)}/${inner}`;
  if (top === 'project' && isPlainPath(inner)) return `project/${inner}`;
  throw new Error(`the entry ${JSON.stringify(name.slice(0, 80))} does not belong into an export`);
}

function noExport(file: string, reason: string): TrainyardError {
  return new TrainyardError('TY-USAGE', {
    what: `this is no export that can be opened: ${reason}`,
    where: { file },
    expected: 'a file made by trainyard export',
  });
}
