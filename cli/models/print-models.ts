import { isAway } from '../../client/away.js';
import { getModel, listModels } from '../../client/models.js';
import { figuresOfVersion, sayMeasured } from '../../client/version-figures.js';
import { connectNow } from '../../client/reader.js';
import type { TrainyardClient } from '../../client/client.js';
import { TrainyardError } from '../../core/errors/index.js';
import { loadConfig } from '../../project/project.js';
import { clock, colours, print, printJson, table } from '../terminal.js';

/** Longest wait for the registry's own answer, which needs a worker, ms. */
const PATIENCE_MS = 10_000;

/** `trainyard models`: the list needs no worker, a single model does. */
export async function printModels(config: string | undefined, name: string | undefined, json: boolean): Promise<void> {
  const client = await connectNow(await loadConfig(config));
  try {
    if (name === undefined) await printList(client, json);
    else await printOne(client, name, json);
  } finally {
    await client.close();
  }
}

async function printList(client: TrainyardClient, json: boolean): Promise<void> {
  const models = await listModels(client);
  if (json) return printJson({ models });
  if (models.length === 0) return print('no models yet: deploy.endpoint in a pipeline registers one');
  const rows = models.map(({ model, versions, aliases }) => [
    model,
    String(versions),
    Object.entries(aliases)
      .map(([alias, { version }]) => `${alias} → ${version}`)
      .join(', '),
  ]);
  print(table(['model', 'versions', 'aliases'], rows, { right: ['versions'] }));
}

/** What the sealed test says, and what was measured in training, apart from each other. */
function figureCells(version: Parameters<typeof figuresOfVersion>[0]): [tested: string, trained: string] {
  const { tested, trained } = figuresOfVersion(version);
  return [tested ? sayMeasured(tested) : '', trained.map((one) => `${one.on}: ${sayMeasured(one)}`).join('; ')];
}

async function printOne(client: TrainyardClient, name: string, json: boolean): Promise<void> {
  const model = await client.temporal
    .withDeadline(Date.now() + PATIENCE_MS, () => getModel(client, name))
    .catch((error: unknown) => {
      if (!isAway(error)) throw error;
      throw new TrainyardError('TY-WORKER-NONE', { what: 'the model registry did not answer in time', cause: error });
    });
  if (json) return printJson(model);
  const standing = (version: number): string =>
    Object.entries(model.aliases)
      .flatMap(([alias, at]) => (at.version === version ? [alias] : []))
      .join(', ');
  const versions = [...model.versions]
    .reverse()
    .map((one) => [String(one.version), standing(one.version), ...figureCells(one), one.run, clock(one.registeredAt)]);
  const history = [...model.history]
    .reverse()
    .map((event) => [
      clock(event.at),
      event.what === 'registered'
        ? `version ${event.version} registered`
        : `${event.alias} ${event.what} ${event.from ?? 'none'} → ${event.to ?? 'none'}`,
      event.by,
      event.why,
    ]);
  print(`${colours.bold(model.name)}\n`);
  print(table(['version', 'aliases', 'tested', 'in training', 'run', 'registered'], versions));
  print(`\n${table(['when', 'what', 'by', 'why'], history)}`);
}
