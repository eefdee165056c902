import path from 'node:path';
import { redisUrl, temporalAddress } from '../../client/connect.js';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import { shownUrl } from '../../core/shown-url.js';
import { writeAddresses } from '../../project/addresses.js';
import type { ProjectBase } from '../../project/project.js';
import {
  formatProgress,
  startTemporal,
  startValkey,
  type Progress,
  type TemporalService,
  type ValkeyService,
} from '../../setup/index.js';
import { freePort } from './free-port.js';
import { keepRunning } from './keep-running.js';
import type { ServiceHooks } from './service-hooks.js';

export interface DevServices {
  readonly temporal: string;
  /** Address of the Temporal UI, when we started it. */
  readonly ui: string | undefined;
  readonly redis: string | undefined;
}

/**
 * Starts the Temporal and Valkey that a project does not bring itself, and keeps them running. Their data stays in the
 * project's state folder, so that one which died goes on where it was.
 */
export async function startServices(project: ProjectBase, hooks: ServiceHooks): Promise<DevServices> {
  const { config, state } = project;
  const binary = { signal: hooks.signal, onProgress: sayDownload(hooks.say) };
  let temporal = config.temporal.address;
  let ui: string | undefined;
  if (temporal === undefined) {
    const [port, uiPort] = [
      config.temporal.port ?? (await freePort(7233)),
      config.temporal.uiPort ?? (await freePort(8233)),
    ];
    const service = await keepRunning<TemporalService>('Temporal', hooks, (before) =>
      startTemporal({
        port: before?.port ?? port,
        uiPort: before ? uiPortOf(before.uiUrl) : uiPort,
        dbFile: path.join(state, 'temporal', 'temporal.db'),
        searchAttributes: SEARCH_ATTRIBUTES,
        logFile: path.join(state, 'logs', 'temporal.log'),
        binary,
      }),
    );
    ({ address: temporal, uiUrl: ui } = service);
  }
  hooks.say(`Temporal  ${temporal}${ui ? `   UI ${ui}` : ''}`);
  let redis = config.redis.url === undefined ? undefined : redisUrl(project);
  let own: string | undefined;
  if (redis === undefined) {
    const port = config.redis.port ?? (await freePort(6380));
    const service = await keepRunning<ValkeyService>('Valkey', hooks, (before) =>
      startValkey({
        port: before?.port ?? port,
        dir: path.join(state, 'valkey'),
        logFile: path.join(state, 'logs', 'valkey.log'),
        binary,
      }),
    );
    redis = own = service.url;
  }
  hooks.say(`Valkey    ${shownUrl(redis)}`);
  // One that the configuration names may hold a password: it is read there.
  await writeAddresses(state, { temporal, pid: process.pid, ...(own ? { redis: own } : {}), ...(ui ? { ui } : {}) });
  return { temporal: temporalAddress(project).address, ui, redis: redisUrl(project) };
}

function uiPortOf(url: string | undefined): number | false {
  return url === undefined ? false : Number(new URL(url).port);
}

/** Says each step of a download; how many bytes there are only every few seconds. */
function sayDownload(say: (line: string) => void): (progress: Progress) => void {
  let saidAt = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.bytes !== undefined && now - saidAt < 3_000) return;
    if (progress.bytes !== undefined) saidAt = now;
    say(formatProgress(progress));
  };
}
