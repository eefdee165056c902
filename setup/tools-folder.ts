import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { releaseClaim, takeClaim } from './claim.js';
import { setupError } from './errors.js';
import { identify } from './process-identity.js';
import { say, type OnProgress } from './progress.js';

/** Where fetched tools are kept: `TRAINYARD_CACHE`, else `$XDG_CACHE_HOME/trainyard`, else `~/.cache/trainyard`. */
export function toolsFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['TRAINYARD_CACHE']) return env['TRAINYARD_CACHE'];
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'trainyard');
}

/** Bytes that this user may still write in the file system of `folder`. */
export function freeBytes(folder: string): number {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Refuses before the work begins, rather than in the middle of it. */
export function requireSpace(folder: string, needed: number, what: string): void {
  const free = freeBytes(folder);
  if (free >= needed) return;
  const mega = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  throw setupError('space', { folder, free: mega(free), needed: mega(needed), what });
}

/** What is left over by a set-up that was killed: `NAME.partial-PID-RANDOM`. */
function removeLeftovers(tools: string): void {
  for (const entry of readdirSync(tools)) {
    const pid = /\.partial-(\d+)-[0-9a-f]+$/.exec(entry)?.[1];
    if (!pid || identify(Number(pid))) continue;
    try {
      rmSync(join(tools, entry), { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // A download of the killed set-up may still write there: the next one clears it.
    }
  }
}

/**
 * Makes `tools/name` appear in one step, complete: `fill` writes into a temporary folder beside it, which is renamed.
 * Killed at any moment, it leaves nothing that a later call could take for complete. Of two calls at once, in whatever
 * process, one works and the other waits.
 * @returns the folder; at once when it is already there.
 */
export async function installOnce(
  tools: string,
  name: string,
  fill: (draft: string) => Promise<void>,
  onProgress?: OnProgress,
): Promise<string> {
  const target = join(tools, name);
  if (existsSync(target)) return target;
  mkdirSync(tools, { recursive: true });
  const lock = join(tools, `${name}.lock`);
  for (let waited = 0; ; waited++) {
    const holder = takeClaim(lock);
    if (!holder) break;
    if (waited === 0) say(onProgress, name, `waiting for process ${holder.owner.pid}, which is setting up the same`);
    await sleep(200);
    if (existsSync(target)) return target;
  }
  const draft = join(tools, `${name}.partial-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    if (existsSync(target)) return target;
    removeLeftovers(tools);
    mkdirSync(draft);
    await fill(draft);
    renameSync(draft, target);
    return target;
  } finally {
    rmSync(draft, { recursive: true, force: true });
    releaseClaim(lock);
  }
}
