import { z } from 'zod';
import type { TrainyardClient } from '../../client/client.js';
import { readAliases } from '../../client/registry/models.js';
import { isDigest, type Digest } from '../../core/digest.js';
import type { Json } from '../../core/json.js';
import { readAddresses } from '../../project/addresses.js';
import type { ProjectBase } from '../../client/connect.js';
import { MODEL_FILES, parseCard, parseTransform, readSample, requestRow } from '../../models/index.js';
import { Artifacts } from '../../store/index.js';

/** How long the server is given to take a new version into service, ms. */
const SERVED_WITHIN_MS = 5_000;

const servedSchema = z.object({ version: z.number(), model: z.custom<Digest>(isDigest) });
type Served = z.output<typeof servedSchema>;

/**
 * How to ask the model that a run deployed: its address, and a `curl` line with a row made of the model's own sample.
 * Undefined where the run deployed nothing, or no server of the project answers for it.
 */
export async function sayServing(
  project: ProjectBase,
  client: TrainyardClient,
  result: Json,
): Promise<string[] | undefined> {
  const name = (result as { model?: unknown } | null)?.model;
  const server = readAddresses(project.state)?.server;
  if (typeof name !== 'string') return undefined;
  if (server === undefined) return [`${name} is in the registry; trainyard serve answers for it`];
  const address = `${server}/v1/endpoints/${encodeURIComponent(name)}`;
  const champion = (await readAliases(client, name).catch(() => undefined))?.aliases['champion']?.version;
  const served = await servedAt(address, champion);
  if (!served) return [`${name} is in the registry; ${server} does not answer for it yet`];
  const row = await exampleRow(client, served.model).catch(() => undefined);
  const asked = row === undefined ? '' : ` -d '${JSON.stringify({ rows: [row] }).replaceAll("'", "'\\''")}'`;
  return [
    `${name} version ${served.version} answers at ${address}/predict`,
    ...(asked === '' ? [] : [`  curl ${address}/predict -H 'content-type: application/json'${asked}`]),
  ];
}

/** What an endpoint serves, once it is the version that it is to serve. */
async function servedAt(address: string, champion: number | undefined): Promise<Served | undefined> {
  for (const until = Date.now() + SERVED_WITHIN_MS; Date.now() < until;) {
    try {
      const response = await fetch(address, { signal: AbortSignal.timeout(2_000) });
      const served = servedSchema.safeParse(await response.json());
      if (response.ok && served.success && (champion ?? served.data.version) === served.data.version)
        return served.data;
    } catch {
      // The server starts, or has ended.
    }
    await new Promise((again) => setTimeout(again, 200));
  }
  return undefined;
}

/** A row that a request to the model may bring. */
export async function exampleRow({ store }: Pick<TrainyardClient, 'store'>, digest: Digest): Promise<Json | undefined> {
  const artifact = await new Artifacts(store).open({ kind: 'model', digest, size: 0 });
  const text = async (file: string): Promise<string> => new TextDecoder().decode(await artifact.bytes(file));
  const card = parseCard(await text(MODEL_FILES.card));
  const transform = card.transformed ? parseTransform(await text(MODEL_FILES.transform)) : undefined;
  return requestRow(card, transform, readSample(await text(MODEL_FILES.sample)).rows);
}
