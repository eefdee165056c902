import path from 'node:path';
import { redisUrl, temporalAddress } from '../../client/connect.js';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import { writeAddresses } from '../../project/addresses.js';
import type { Project } from '../../project/project.js';
import { startTemporal, startValkey, type Service } from '../../setup/index.js';
import { freePort } from './free-port.js';

export interface DevServices {
  readonly temporal: string;
  readonly ui: string | undefined;
  readonly redis: string | undefined;
  /** Called when a service that we started ends by itself. */
  readonly own: readonly Service[];
  stop(): Promise<void>;
}

type Base = Pick<Project, 'root' | 'configFile' | 'config' | 'state' | 'build'>;

/** Starts the Temporal and Valkey that a project does not bring itself; their data stays in the project's state folder. */
export async function startServices(project: Base): Promise<DevServices> {
  const { config, state } = project;
  const own: Service[] = [];
  const stop = async (): Promise<void> => {
    for (const service of own.reverse()) await service.stop();
  };
  try {
    let temporal = config.temporal.address;
    let ui: string | undefined;
    if (temporal === undefined) {
      const started = await startTemporal({
        port: config.temporal.port ?? (await freePort(7233)),
        uiPort: config.temporal.uiPort ?? (await freePort(8233)),
        dbFile: path.join(state, 'temporal', 'temporal.db'),
        searchAttributes: SEARCH_ATTRIBUTES,
        logFile: path.join(state, 'logs', 'temporal.log'),
      });
      own.push(started);
      ({ address: temporal, uiUrl: ui } = started);
    }
    let redis = config.redis.url;
    if (redis === undefined) {
      const started = await startValkey({
        port: config.redis.port ?? (await freePort(6380)),
        dir: path.join(state, 'valkey'),
        logFile: path.join(state, 'logs', 'valkey.log'),
      });
      own.push(started);
      redis = started.url;
    }
    await writeAddresses(state, { temporal, redis, pid: process.pid, ...(ui ? { ui } : {}) });
    return { temporal: temporalAddress(project).address, ui, redis: redisUrl(project), own, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
