import { segmentOf } from './keys.js';
import type { Store } from './store.js';

const FOLDER = 'projects/';

/** Notes that a project works in this store: what its registries and monitors refer to is in use. */
export async function noteProject(store: Store, project: string): Promise<void> {
  await store.create(`${FOLDER}${segmentOf(project)}`, Buffer.from(project));
}

/** The projects that work in this store, by name. */
export async function projectsIn(store: Store): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(FOLDER)) {
    const body = await store.get(key);
    // A long name is shortened in the key.
    if (body !== null) found.push(Buffer.from(body).toString('utf8') || key.slice(FOLDER.length));
  }
  return found.sort();
}
