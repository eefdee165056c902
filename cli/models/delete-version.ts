import { connectNow } from '../../client/reader.js';
import type { TrainyardClient } from '../../client/client.js';
import { intervalsOf } from '../../client/registry/intervals.js';
import { getVersion } from '../../client/registry/model-view.js';
import { deleteVersion, getModelHead } from '../../client/registry/models.js';
import type { Digest } from '../../core/digest.js';
import { sayBytes, sayCount } from '../../core/duration.js';
import { loadConfig } from '../../project/project.js';
import { collect, type Collected } from '../../store/index.js';
import { isKnownProcess, isOpenRun, referredTo, type AsDeleted } from '../gc/referred-to.js';
import { clock, colours, print, printJson } from '../terminal.js';
import { userName } from '../user-name.js';
import type { DeleteOptions } from './mark-version.js';
import { inTime, numberOf } from './print-models.js';

/** `trainyard models delete`: first the registry says so, then the files go; given again, it goes on where it was. */
export async function deleteByCommand(
  config: string | undefined,
  name: string,
  version: string,
  { yes = false, why = 'deleted by hand', by = userName(), json = false }: DeleteOptions,
): Promise<void> {
  const number = numberOf('version', version)!;
  const client = await connectNow(await loadConfig(config));
  try {
    const { model, deleted } = await inTime(client, () => getVersion(client, name, number));
    const { aliases } = await inTime(client, () => getModelHead(client, name));
    const stands = Object.entries(aliases).flatMap(([alias, at]) => (at.version === number ? [alias] : []));
    const served = await intervalsOf(client, name, { version: number, most: 1000 });
    if (yes) await inTime(client, () => deleteVersion(client, name, { version: number, by, why }));
    const collected = await collectModel(client, { model: name, version: number }, model.digest, !yes);
    const { blobs, neededBy } = collected;
    if (json)
      return printJson({
        model: name,
        version: number,
        done: yes,
        already: deleted !== null,
        aliases: stands,
        served,
        blobs,
        neededBy,
      });
    print(
      `${colours.bold(`${name} version ${number}`)}${deleted ? `, deleted ${clock(deleted.at)} by ${deleted.by}` : ''}`,
    );
    if (stands.length > 0)
      print(`stays    ${stands.join(', ')} ${stands.length === 1 ? 'stands' : 'stand'} at it: move the alias first`);
    for (const { alias, from, until } of served.slice(0, 5))
      print(`kept     that it was ${alias} from ${clock(from)} ${until === null ? 'until now' : `to ${clock(until)}`}`);
    if (served.length > 5) print(`         and ${served.length - 5} such times more`);
    for (const run of neededBy.slice(0, 5)) print(`stays    its files, while the run ${run} is kept (trainyard gc)`);
    if (neededBy.length > 5) print(`         and ${sayCount(neededBy.length - 5, 'run')} more`);
    print(`files    ${blobs.removed} ${yes ? 'removed' : 'would be removed'} (${sayBytes(blobs.bytes)})`);
    if (!yes && stands.length === 0) print(colours.dim('nothing was changed; --yes does it'));
  } finally {
    await client.close();
  }
}

/** Removes the files of a deleted version's model that nothing else needs, however young; or says what would go. */
async function collectModel(
  client: TrainyardClient,
  version: AsDeleted,
  model: Digest,
  dryRun: boolean,
): Promise<Collected> {
  return collect(client.store, {
    olderThanMs: Infinity,
    graceMs: 0,
    dryRun,
    now: Date.now(),
    only: [model],
    isOpen: (run) => isOpenRun(client, run),
    isKnown: (process) => isKnownProcess(client, process),
    others: () => referredTo(client, version),
  });
}
