import { existsSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { TrainyardError } from '@trainyard/errors';
import { durationMs } from '../../core/duration.js';
import { provideParts } from '../../core/provided-parts.js';
import { partsOfProject } from '../../project/brought-parts.js';
import { logFile } from '../../project/log.js';
import type { ProjectBase } from '../../project/project.js';
import { createServer, listen, readKeys, type Services } from '../../server/index.js';
import { Redactor } from '../../worker/redactor.js';
import { predictRoutes } from '../../server/predict/index.js';

/** A server that listens. */
export interface OpenServer {
  readonly app: FastifyInstance;
  readonly url: string;
  /** A key with which programs may change things through it. */
  readonly key: string;
  readonly keyFile: string;
  readonly logFile: string;
}

/** Where it listens. */
export interface ServerPlace {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

/**
 * Opens the pages and endpoints of a project. On this machine alone a missing file of keys is made; beyond it a key is
 * asked for also where nothing is changed. Throws TY-KEY when others could reach a server that has no keys,
 * TY-PORT-IN-USE, TY-CONFIG.
 */
export async function openServer(project: ProjectBase, services: Services, place: ServerPlace): Promise<OpenServer> {
  const { hosts, openPredictions, limits, scoring } = project.config.server;
  const beyond = !isLoopback(place.host);
  const parts = partsOfProject(project);
  provideParts(() => parts);
  const keyFile = path.join(project.state, 'keys.json');
  if (beyond && !existsSync(keyFile)) throw noKeys(place.host, keyFile);
  const keys = await readKeys(keyFile, { create: true });
  const file = path.join(project.state, 'logs', 'server.log');
  const redactor = Redactor.of(project.config.secrets);
  const app = createServer({
    services,
    keys,
    log: logFile(file),
    clean: (text) => redactor.clean(text),
    readsNeedKey: beyond,
    limits,
    predictionsNeedKey: beyond && !openPredictions,
    hosts: [...hosts, ...(beyond ? namesOf(place.host) : [])],
    routes: [
      predictRoutes({
        stateFolder: path.join(project.state, 'serving'),
        scoring: {
          waitingRows: scoring.waitingRows,
          timeoutMs: durationMs(scoring.timeout)!,
          apart: scoring.apart && { config: project.configFile },
        },
      }),
    ],
  });
  try {
    return { app, url: await listen(app, place), key: keys[0]?.key ?? '', keyFile, logFile: file };
  } catch (error) {
    await app.close();
    throw error;
  }
}

function noKeys(host: string, file: string): TrainyardError {
  return new TrainyardError('TY-KEY', {
    what: `at ${host} other machines could reach this server, and there are no keys`,
    where: { file },
    expected: '{"keys":[{"name":"ann","key":"at least 16 characters"}]}, readable by its owner alone',
    remedy: 'write that file, or start the server once for this machine alone, which makes a key',
  });
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** Names that no page of another site can use for a server at this address: an address, or the machine's own name. */
function namesOf(host: string): string[] {
  const written = (address: string): string => (address.includes(':') ? `[${address}]` : address);
  if (host !== '0.0.0.0' && host !== '::') return [written(host)];
  const addresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  return [written(host), hostname(), ...addresses.map(written)];
}
