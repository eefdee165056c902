import { getModel } from '../../client/registry/model-view.js';
import type { TrainyardClient } from '../../client/client.js';

/** The version that is served, else the newest. */
export async function servedVersion(client: TrainyardClient, name: string): Promise<number> {
  const { aliases, versions } = await getModel(client, name);
  return aliases['champion']?.version ?? versions.at(-1)?.version ?? 1;
}
