import { statfs } from 'node:fs/promises';

/** With less than this free nothing of a run can be relied on to be written, bytes. */
const LEAST_BYTES = 1 << 20;
const LOOK_MS = 3_000;

/**
 * Looks whether the disks of these folders are full while a run is followed: what cannot be written is tried again, and
 * nothing else would say why the run stands still. Tells the folder whose disk is full, and undefined when there is space
 * again. Gives how to end it.
 */
export function watchSpace(folders: readonly string[], tell: (full: string | undefined) => void): () => void {
  let last: string | undefined;
  const look = async (): Promise<void> => {
    const free = await Promise.all(folders.map(freeIn));
    const full = folders.find((_, index) => (free[index] ?? Infinity) < LEAST_BYTES);
    if (full !== last) tell((last = full));
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Bytes free for this user; undefined where the folder is not there, or on no disk of this machine. */
async function freeIn(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
