import { access, constants } from 'node:fs/promises';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { TrainyardClient } from '../../client/client.js';
import { openRedis, redisUrl, storeUrl, temporalAddress } from '../../client/connect.js';
import { connectNow } from '../../client/reader.js';
import { isServed } from '../../client/run/running-builds.js';
import { sayBytes, sayCount } from '../../core/duration.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import { poolQueue } from '../../core/queues.js';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import { shownUrl } from '../../core/shown-url.js';
import { loadProject, type Project } from '../../project/project.js';
import type { Check } from '../../setup/index.js';
import { openStore } from '../../store/index.js';

/** Room that the store should have, bytes. */
const STORE_ROOM = 1e9;

/** What a project needs: its files load, Temporal, Valkey, workers, and a store that can be written to. */
export async function checkProject(config: string | undefined): Promise<Check[]> {
  let project: Project | undefined;
  const files = await look('project', async () => {
    project = await loadProject(config);
    const { configFile, pipelines, contracts } = project;
    return `${configFile}: ${sayCount(pipelines.size, 'pipeline')}, ${sayCount(contracts.size, 'node')}`;
  });
  if (!project) return [files];
  return [files, ...(await checkServices(project)), ...(await checkStore(project))];
}

async function checkServices(project: Project): Promise<Check[]> {
  let client: TrainyardClient | undefined;
  const temporal = await look('temporal up', async () => {
    client = await connectNow(project);
    return `answers at ${temporalAddress(project).address}, namespace ${client.namespace}`;
  });
  const redis = await look('valkey up', async () => checkRedis(project), 'speed');
  if (!client) return [temporal, redis];
  const { temporal: server, taskQueue: queue } = client;
  try {
    return [
      temporal,
      await look('attributes', async () => checkAttributes(server)),
      redis,
      ...(await Promise.all([
        look('workflows', async () => checkQueue(server, queue, 'workflow', 'pipelines')),
        ...Object.keys(project.config.pools).map((pool) =>
          look(`pool ${pool}`, async () => checkQueue(server, poolQueue(queue, pool), 'activity', `pool ${pool}`)),
        ),
      ])),
    ];
  } finally {
    await client.close();
  }
}

async function checkRedis(project: Project): Promise<string> {
  const url = redisUrl(project);
  if (url === undefined) return 'none is used';
  const redis = openRedis(url);
  try {
    await redis.ping();
    return `answers at ${shownUrl(url)}`;
  } catch (cause) {
    throw new TrainyardError('TY-REDIS-AWAY', {
      what: `nothing answers at ${shownUrl(url)}`,
      cause,
    });
  } finally {
    redis.disconnect();
  }
}

async function checkAttributes(temporal: TrainyardClient['temporal']): Promise<string> {
  const { customAttributes } = await temporal.connection.operatorService.listSearchAttributes({
    namespace: temporal.options.namespace,
  });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in (customAttributes ?? {})));
  if (missing.length === 0) return `search attributes of runs are registered`;
  throw new TrainyardError('TY-SETUP', {
    what: `Temporal lacks the search attributes ${missing.map(([name]) => name).join(', ')}`,
    remedy: missing
      .map(([name, type]) => `temporal operator search-attribute create --name ${name} --type ${type}`)
      .join('\n'),
  });
}

async function checkQueue(
  temporal: TrainyardClient['temporal'],
  queue: string,
  type: 'workflow' | 'activity',
  what: string,
): Promise<string> {
  if (await isServed(temporal, queue, type)) return `a worker serves ${what}`;
  throw new TrainyardError('TY-WORKER-NONE', { what: `no worker serves ${what}` });
}

async function checkStore(project: Project): Promise<Check[]> {
  const url = storeUrl(project);
  const store = await look('store', async () => {
    await openStore(url).probe();
    return `can be written to: ${url}`;
  });
  if (/^[a-z][a-z0-9+.-]+:/i.test(url)) return [store];
  const space = await look('store space', async () => {
    const folder = await nearestFolder(url);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    if (free >= STORE_ROOM) return `${sayBytes(free)} free in ${folder}`;
    throw new TrainyardError('TY-STORE-FULL', {
      what: `${sayBytes(free)} are free where the store writes (${folder})`,
    });
  });
  return [store, space];
}

async function nearestFolder(folder: string): Promise<string> {
  const there = await access(folder, constants.R_OK).then(
    () => true,
    () => false,
  );
  return there || folder === path.dirname(folder) ? folder : nearestFolder(path.dirname(folder));
}

async function look(
  name: string,
  find: () => Promise<string>,
  neededFor: Check['neededFor'] = 'required',
): Promise<Check> {
  try {
    return { name, neededFor, ok: true, found: await find() };
  } catch (error) {
    const problem = isTrainyardError(error)
      ? error.what
      : error instanceof Error
        ? (error.message.split('\n')[0] ?? '')
        : '';
    return { name, neededFor, ok: false, problem, ...(isTrainyardError(error) ? { remedy: error.remedy } : {}) };
  }
}
