import { isAway } from '../../client/unreachable.js';
import { getModel, getVersion } from '../../client/registry/model-view.js';
import { sayEvent } from '../../client/registry/say-event.js';
import { listModels } from '../../client/registry/models.js';
import { figuresOfVersion, sayMeasured } from '../../client/registry/version-figures.js';
import { connectNow } from '../../client/reader.js';
import type { TrainyardClient } from '../../client/client.js';
import type { MarkedVersion } from '../../client/registry/marks.js';
import type { ModelAsk } from '../../client/registry/model-view.js';
import { sayCount } from '../../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import { loadConfig } from '../../project/project.js';
import { clock, colours, note, print, printJson, table } from '../terminal.js';
import { ANSWER_MS } from '../../client/patience.js';

export interface ModelsOptions {
  readonly before?: string;
  readonly historyBefore?: string;
  readonly json?: boolean;
}

/** What is asked for: everything, a model or a part of it, one of its versions. */
type Asked = ModelsOptions & { readonly name: string | undefined; readonly version: string | undefined };

/** `trainyard models`: the list needs no worker, a single model does. */
export async function printModels(config: string | undefined, asked: Asked): Promise<void> {
  const { name, json = false } = asked;
  const version = numberOf('version', asked.version);
  const part = {
    versionsBefore: numberOf('--before', asked.before),
    historyBefore: numberOf('--history-before', asked.historyBefore),
  };
  const client = await connectNow(await loadConfig(config));
  try {
    if (name === undefined) await printList(client, json);
    else if (version !== undefined) await printVersion(client, name, version, json);
    else await printOne(client, name, part, json);
  } finally {
    await client.close();
  }
}

/** A whole number as people write it; undefined where nothing is said. Throws TY-USAGE for anything else. */
export function numberOf(field: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^[1-9]\d{0,15}$/.test(given)) return Number(given);
  throw new TrainyardError('TY-USAGE', {
    what: `${JSON.stringify(given)} is no number of a version or line`,
    where: { field },
    expected: 'a whole number from 1',
  });
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

/** What a registry answers, within the time that people wait. Throws TY-WORKER-NONE. */
export function inTime<T>({ temporal }: TrainyardClient, ask: () => Promise<T>): Promise<T> {
  return temporal.withDeadline(Date.now() + ANSWER_MS, ask).catch((error: unknown) => {
    if (!isAway(error)) throw error;
    throw new TrainyardError('TY-WORKER-NONE', { what: 'the model registry did not answer in time', cause: error });
  });
}

async function printVersion(client: TrainyardClient, name: string, number: number, json: boolean): Promise<void> {
  const version = await inTime(client, () => getVersion(client, name, number));
  if (json) return printJson(version);
  const [tested, trained] = figureCells(version);
  const { model, run, pipeline, registeredAt, by, why, evidence, signature, tags, deprecated, deleted } = version;
  const said = Object.entries(tags).map(([tag, value]) => `${tag} = ${value}`);
  const rows = [
    ...(deleted ? [['deleted', `${clock(deleted.at)} by ${deleted.by}: ${deleted.why}`]] : []),
    ...(deprecated === null ? [] : [['deprecated', deprecated]]),
    ...(said.length === 0 ? [] : [['tags', said.join(', ')]]),
    ['tested', tested],
    ['in training', trained],
    ['model', model.digest],
    ['run', `${run}, of ${pipeline}`],
    ['registered', `${clock(registeredAt)} by ${by}: ${why}`],
    ['evidence', JSON.stringify(evidence)],
    ['signature', JSON.stringify(signature)],
  ];
  print(`${colours.bold(`${name} version ${number}`)}\n`);
  print(table(['', ''], rows));
}

async function printOne(client: TrainyardClient, name: string, part: ModelAsk, json: boolean): Promise<void> {
  const model = await inTime(client, () => getModel(client, name, part));
  if (json) return printJson(model);
  const standing = (version: number): string =>
    Object.entries(model.aliases)
      .flatMap(([alias, at]) => (at.version === version ? [alias] : []))
      .join(', ');
  const versions = [...model.versions]
    .reverse()
    .map((one) => [
      String(one.version),
      [standing(one.version), markOf(one)].filter(Boolean).join(', '),
      ...figureCells(one),
      one.run,
      clock(one.registeredAt),
    ]);
  const history = [...model.history].reverse().map((event) => [clock(event.at), sayEvent(event), event.by, event.why]);
  print(`${colours.bold(model.name)}\n`);
  const shown = new Set(model.versions.map(({ version }) => version));
  for (const [alias, { version }] of Object.entries(model.aliases))
    if (!shown.has(version)) print(`${alias}: version ${version} (trainyard models ${name} ${version})`);
  print(table(['version', 'aliases', 'tested', 'in training', 'run', 'registered'], versions));
  sayOlder('version', model.versions[0]?.version, '--before', name);
  print(`\n${table(['when', 'what', 'by', 'why'], history)}`);
  sayOlder('line', model.history[0]?.number, '--history-before', name);
  for (const { receiver, lines, problem } of model.behind)
    note(`webhook ${receiver} has not acknowledged ${sayCount(lines, 'line')}: ${problem}`);
  if (model.problem !== undefined) note(`older versions could not be moved into the store: ${model.problem}`);
}

/** In a word, what a person should know before using a version. */
function markOf({ deleted, deprecated }: MarkedVersion): string {
  return deleted ? 'deleted' : deprecated === null ? '' : 'deprecated';
}

function sayOlder(what: string, first: number | undefined, option: string, name: string): void {
  if (first === undefined || first === 1) return;
  print(colours.dim(`${sayCount(first - 1, `older ${what}`)}: trainyard models ${name} ${option} ${first}`));
}
