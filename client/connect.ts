import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Redis } from 'ioredis';
import type { Config } from '../core/config.js';
import { TrainyardError } from '@trainyard/errors';
import { workflowQueue } from '../core/queues.js';
import { readAddresses } from '../project/addresses.js';
import { loadConfig, type ProjectBase } from '../project/project.js';
import { readSecretSource } from '../project/secret-source.js';
import { openStore } from '../store/index.js';
import { hideOthers } from './homes.js';
import type { TrainyardClient } from './client.js';

export type { ProjectBase };

export interface ConnectOptions {
  /** Folder of the project, or its `temporal.config.ts`. The working folder, or a folder above it, by default. */
  readonly config?: string;
  /** Longest wait for Temporal, in ms. Default 5,000. */
  readonly timeoutMs?: number;
}

/** Connects to the Temporal, store and Redis that a project names or that `trainyard dev` started for it. Throws TY-TEMPORAL-AWAY. */
export async function connect(options: ConnectOptions = {}): Promise<TrainyardClient> {
  return connectTo(await loadConfig(options.config), options.timeoutMs);
}

/** Address and options of the Temporal that a project uses. */
export function temporalAddress(project: ProjectBase): { address: string; tls?: boolean; apiKey?: string } {
  const { temporal } = project.config;
  const address = temporal.address ?? readAddresses(project.state)?.temporal ?? `127.0.0.1:${temporal.port ?? 7233}`;
  return {
    address,
    ...(temporal.tls ? { tls: true } : {}),
    ...(temporal.apiKey ? { apiKey: readSecret(temporal.apiKey) } : {}),
  };
}

/** URL of the Redis or Valkey that a project uses, if it is known. */
export function redisUrl(project: ProjectBase): string | undefined {
  const { url } = project.config.redis;
  if (url === undefined) return readAddresses(project.state)?.redis;
  if (typeof url === 'string') return url;
  const read = readSecret(url);
  if (read) return read;
  throw new TrainyardError('TY-CONFIG', {
    what: 'redis.url is empty',
    where: { file: project.configFile, field: 'redis.url' },
    expected: 'env' in url ? `a URL in the environment variable ${url.env}` : `a URL in ${url.file}`,
  });
}

/** Folder or URL of a project's store. */
export function storeUrl(project: ProjectBase): string {
  const { store } = project.config;
  return /^[a-z][a-z0-9+.-]+:/i.test(store) ? store : path.resolve(project.root, store);
}

export async function connectTo(project: ProjectBase, timeoutMs = 5_000): Promise<TrainyardClient> {
  const { address, ...security } = temporalAddress(project);
  let connection: Connection;
  try {
    connection = await Connection.connect({ address, connectTimeout: timeoutMs, ...security });
  } catch (cause) {
    throw new TrainyardError('TY-TEMPORAL-AWAY', {
      what: `Temporal does not answer at ${address}`,
      where: { file: project.configFile, field: 'temporal.address' },
      cause,
    });
  }
  return clientOver(project, connection);
}

/** The same without looking whether Temporal answers: each call finds out by itself, and works once it does. */
export function connectLazily(project: ProjectBase): TrainyardClient {
  return clientOver(project, Connection.lazy(temporalAddress(project)));
}

function clientOver(project: ProjectBase, connection: Connection): TrainyardClient {
  const { namespace } = project.config.temporal;
  const url = redisUrl(project);
  let redis: Redis | undefined;
  const taskQueue = workflowQueue(project.name);
  const temporal: Client = new Client({
    connection,
    namespace,
    interceptors: { workflow: [hideOthers(taskQueue, () => temporal)] },
  });
  return {
    temporal,
    namespace,
    taskQueue,
    store: openStore(storeUrl(project)),
    // Most commands never ask for it.
    get redis() {
      return (redis ??= url === undefined ? undefined : openRedis(url));
    },
    close: async () => {
      redis?.disconnect();
      await connection.close();
    },
  };
}

const require = createRequire(import.meta.url);

/**
 * A connection that is made at its first command, comes back by itself, and never ends the process by an error event. Its
 * library is loaded here: a command that needs none starts sooner without it.
 */
export function openRedis(url: string): Redis {
  const { Redis: Connected } = require('ioredis') as typeof import('ioredis');
  const redis = new Connected(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(times * 200, 3_000),
  });
  redis.on('error', () => undefined);
  return redis;
}

/** Empty where there is none. */
function readSecret(source: NonNullable<Config['temporal']['apiKey']>): string {
  if ('file' in source && !existsSync(source.file)) return '';
  return readSecretSource(source) ?? '';
}
