import type { Redis } from 'ioredis';
import { aliasChannel } from '../../core/ids.js';
import { projectOfQueue } from '../../core/queues.js';

/** An alias that has moved; servers look at the registry when they hear of one that is newer than what they know. */
export interface AliasAnnouncement {
  readonly model: string;
  readonly alias: string;
  readonly version: number | null;
  /** Number of the move in the model's history. */
  readonly move: number;
}

/** The promise, or nothing after so many milliseconds. */
function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * Tells the servers that an alias has moved. Best effort by design: the registry is the truth, and a server that
 * hears nothing looks there by itself. True when Redis took it.
 */
export async function announceAlias(access: Announcing, announcement: AliasAnnouncement): Promise<boolean> {
  return announce(access, announcement);
}

/** Tells the servers that another traffic plan of a model is in force, or none: as of an alias. */
export async function announceTraffic(
  access: Announcing,
  announcement: { readonly model: string; readonly traffic: number },
): Promise<boolean> {
  return announce(access, announcement);
}

interface Announcing {
  readonly redis?: Redis | undefined;
  readonly taskQueue: string;
}

async function announce({ redis, taskQueue }: Announcing, announcement: object): Promise<boolean> {
  if (!redis) return false;
  const sent = redis
    .publish(aliasChannel(projectOfQueue(taskQueue)), JSON.stringify(announcement))
    .catch(() => undefined);
  return (await within(sent, 1000)) !== undefined;
}
