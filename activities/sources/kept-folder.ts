import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { digestText } from '../../core/digest.js';
import { saySource, type Source } from '../../core/source.js';

/** A lock of another machine is taken for left behind after this time, ms. */
const LEFT_BEHIND_MS = 24 * 3_600_000;
const LOCK = '.lock';

/** The folder that a source keeps on this machine, held by one process at a time. */
export interface KeptFolder {
  readonly path: string;
  release(): Promise<void>;
}

/**
 * Takes the folder that a source keeps between snapshots: `.trainyard/sources/…` in the project. Undefined where another
 * process holds it, or the project's folder cannot be written to: whoever asks then does without.
 */
export async function takeKeptFolder(source: Source, project: string): Promise<KeptFolder | undefined> {
  const folder = path.join(project, '.trainyard', 'sources', digestText(saySource(source)).slice(7, 31));
  const lock = path.join(folder, LOCK);
  const own = `${hostname()} ${process.pid}`;
  try {
    await mkdir(folder, { recursive: true });
    if (!(await create(lock, own))) {
      if (!(await isLeftBehind(lock))) return undefined;
      // Moved away first: of several that find it left behind, one gets it.
      const away = `${lock}-${process.pid}`;
      await rename(lock, away);
      await rm(away);
      if (!(await create(lock, own))) return undefined;
    }
  } catch {
    return undefined;
  }
  return { path: folder, release: () => rm(lock, { force: true }) };
}

async function create(lock: string, text: string): Promise<boolean> {
  return writeFile(lock, text, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function isLeftBehind(lock: string): Promise<boolean> {
  const [host, pid] = (await readFile(lock, 'utf8')).split(' ');
  if (host !== hostname()) return Date.now() - (await stat(lock)).mtimeMs > LEFT_BEHIND_MS;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
