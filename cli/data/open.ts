import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { storeUrl } from '../../client/connect.js';
import { listVersions, type DataVersion } from '../../client/data/versions.js';
import { loadProject } from '../../project/project.js';
import { openStore, type Store } from '../../store/index.js';
import { withDatabase, type Database } from '@trainyard/tables';

/** The project's store, and the versions of data sets in it. Temporal is not asked. */
export async function openData(
  config: string | undefined,
): Promise<{ readonly store: Store; readonly versions: ReadonlyMap<string, readonly DataVersion[]> }> {
  const project = await loadProject(config);
  const store = openStore(storeUrl(project));
  return { store, versions: await listVersions(store, project.contracts) };
}

/** A database with a folder to spill into, for the time of one command. */
export async function withScratch<T>(use: (database: Database) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'trainyard-data-'));
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  try {
    return await withDatabase({ scratch, threads: availableParallelism(), signal: stop.signal }, use);
  } finally {
    process.removeListener('SIGINT', interrupt);
    await rm(scratch, { recursive: true, force: true });
  }
}
