import { connect as connectSocket } from 'node:net';
import { TrainyardError } from '@trainyard/errors';
import { openStore } from '../store/index.js';
import { isAway } from './unreachable.js';
import type { TrainyardClient } from './client.js';
import { connectTo, storeUrl, temporalAddress, type ProjectBase } from './connect.js';
import { workflowQueue } from '../core/queues.js';
import type { ProjectReader } from './run/run-view.js';

/** What reads runs: the store always, Temporal where it answers. */
export interface OpenedReader extends ProjectReader {
  readonly client: TrainyardClient | undefined;
  close(): Promise<void>;
}

/** Opens a project for reading; within a second also where Temporal is not there. */
export async function openReader(project: ProjectBase): Promise<OpenedReader> {
  const client = (await knock(temporalAddress(project).address))
    ? await connectTo(project, 3_000).catch((error: unknown) => {
        if (isAway(error)) return undefined;
        throw error;
      })
    : undefined;
  const store = client?.store ?? openStore(storeUrl(project));
  const taskQueue = workflowQueue(project.name);
  return { store, temporal: client?.temporal, taskQueue, client, close: async () => client?.close() };
}

/** Connects to a project's parts. Throws TY-TEMPORAL-AWAY at once where nobody listens. */
export async function connectNow(project: ProjectBase): Promise<TrainyardClient> {
  const { address } = temporalAddress(project);
  if (await knock(address)) return connectTo(project);
  throw new TrainyardError('TY-TEMPORAL-AWAY', {
    what: `nothing listens at ${address}, where Temporal should be`,
    ...(project.config.temporal.address === undefined
      ? { remedy: 'start it with trainyard dev' }
      : { where: { file: project.configFile, field: 'temporal.address' } }),
  });
}

/** Whether anybody takes connections at `host:port` within a second: gRPC takes longer to give up. */
export function knock(address: string): Promise<boolean> {
  const at = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(address);
  if (!at) return Promise.resolve(true);
  return new Promise((resolve) => {
    const socket = connectSocket({ host: at[1] ?? at[2] ?? '', port: Number(at[3]) });
    const settle = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(1_000, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
