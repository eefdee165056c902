import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Redis } from 'ioredis';
import type { ProjectAccess } from '../../client/homes.js';
import { readAliases } from '../../client/registry/models.js';
import { monitorId } from '../../core/ids.js';
import { projectOfQueue } from '../../core/queues.js';
import { Artifacts, type Store } from '../../store/index.js';
import type { MonitorActivities } from '../../workflows/monitor/contract.js';
import { labelledRows, profileTables } from './tables.js';
import { takeWindow } from './window.js';
import { withHeartbeat } from '../with-heartbeat.js';
import type { MonitorDesk } from './desk.js';

export interface MonitorParts extends ProjectAccess {
  readonly store: Store;
  /** Where predictions and outcomes are; without one there is nothing to watch. */
  readonly redis?: Redis | undefined;
}

/** Activities of monitors, for the Workflow worker. Each can be done again: it then gives the same. */
export function monitorActivities({ temporal, taskQueue, store, redis }: MonitorParts): MonitorActivities {
  const artifacts = new Artifacts(store);
  const project = projectOfQueue(taskQueue);
  const atDesk = <T>(endpoint: string, work: (desk: MonitorDesk) => Promise<T>): Promise<T> =>
    withHeartbeat(async () => {
      if (!redis) {
        const words = 'predictions and outcomes are kept in Redis, and this worker has none: set redis.url';
        throw ApplicationFailure.retryable(words, 'TY-REDIS-AWAY');
      }
      const scratch = await mkdtemp(path.join(tmpdir(), 'trainyard-monitor-'));
      try {
        const isFormer = Context.current().info.workflowExecution?.workflowId === monitorId(project, endpoint).former;
        return await work({ artifacts, redis, project, isFormer, scratch });
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    });
  return {
    'trainyard.monitorWindow': (ask) => atDesk(ask.config.endpoint, (desk) => takeWindow(desk, ask)),
    'trainyard.monitorFresh': ({ config, tables }) =>
      atDesk(config.endpoint, (desk) => labelledRows(desk, config, tables)),
    'trainyard.monitorProfile': ({ config, tables }) =>
      atDesk(config.endpoint, (desk) => profileTables(desk, config, tables)),
    'trainyard.monitorChampion': ({ endpoint }) =>
      withHeartbeat(async () => {
        const champion = (await readAliases({ temporal, taskQueue }, endpoint))?.aliases['champion'];
        return champion ? { version: champion.version, run: champion.run } : null;
      }),
  };
}
