import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** In the environment of an executor, and so of every process that comes from it: who it is, by worker and number. */
export const MARK_VARIABLE = 'TRAINYARD_MARK';

/** A process that leads a group of its own, with the mark that all that comes from it carries. */
export interface Tree {
  readonly pid: number;
  readonly mark: string;
}

const GONE_WITHIN_MS = 2_000;
const LOOK_AGAIN_MS = 20;
/** A child that was asked to end a moment ago, and its answer collected, takes about so long. */
const ENDING_MS = 100;
const isLinux = process.platform === 'linux';

/**
 * The living processes of a tree, its root too: on Linux those of its group and session, those below any of them, and those
 * that carry its mark, which are found also when they lead sessions of their own and their parents are gone. Elsewhere the
 * group alone is known.
 */
export function livingOf(tree: Tree): number[] {
  if (!isLinux) return isThere(-tree.pid) ? [tree.pid] : [];
  const parents = new Map<number, number>();
  const members = new Set<number>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const stat = statOf(pid);
    if (!stat || stat.state === 'Z' || stat.state === 'X') continue;
    parents.set(pid, stat.parent);
    if (pid === tree.pid || stat.group === tree.pid || stat.session === tree.pid || carries(pid, tree.mark))
      members.add(pid);
  }
  for (let before = -1; before !== members.size;) {
    before = members.size;
    for (const [pid, parent] of parents) if (members.has(parent)) members.add(pid);
  }
  return [...members];
}

/** Kills all of a tree at once. Resolves when nothing of it is left, or after two seconds. */
export async function endTree(tree: Tree): Promise<void> {
  killTree(tree);
  for (const end = performance.now() + GONE_WITHIN_MS; performance.now() < end; killTree(tree)) {
    if (livingOf(tree).length === 0) return;
    await wait(LOOK_AGAIN_MS);
  }
}

/** Kills all of a tree, also the process that calls it when that is the root. */
export function killTree(tree: Tree): void {
  // Looked for first: what leads a session of its own is found by its parents while these are there.
  for (const pid of livingOf(tree)) if (pid !== process.pid) kill(pid);
  if (tree.pid > 1) kill(-tree.pid);
}

/** Whether a node has left processes behind that go on, besides the root. */
export async function hasLeft(tree: Tree): Promise<boolean> {
  for (const end = performance.now() + ENDING_MS; ; await wait(LOOK_AGAIN_MS)) {
    if (livingOf(tree).every((pid) => pid === tree.pid)) return false;
    if (performance.now() >= end) return true;
  }
}

/**
 * Counts what can only grow when a process has children: the page faults of those that it has waited for, and those there
 * are now. Equal counts mean that none was started in between. Undefined where the system does not tell.
 */
export function childrenSeen(pid: number): number | undefined {
  try {
    const faults = Number(afterCommand(readFileSync(`/proc/${pid}/stat`, 'latin1'))[8]);
    return faults + childrenOf(pid).length;
  } catch {
    return undefined;
  }
}

/**
 * What all of a tree holds in memory, in bytes, when that is above a limit. It is counted once more by shares then, which
 * takes the system longer: pages that processes have in common stand in the resident memory of each.
 */
export function bytesAbove(tree: Tree, limit: number): number | undefined {
  const all = [tree.pid, ...others(tree)];
  const sum = (bytes: (pid: number) => number | undefined): number =>
    all.reduce((total, pid) => total + (bytes(pid) ?? 0), 0);
  const resident = sum(residentOf);
  if (resident <= limit || all.length === 1) return resident > limit ? resident : undefined;
  const shared = sum((pid) => kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss') ?? residentOf(pid));
  return shared > limit ? shared : undefined;
}

/** All but the root. To look through all processes of the machine takes longer than to see that there are none. */
function others(tree: Tree): number[] {
  if (childrenSeen(tree.pid) === 0) return [];
  return livingOf(tree).filter((pid) => pid !== tree.pid);
}

/** Resident memory of one process, in bytes. The system says it in kB: how large a page is need not be known. */
export function residentOf(pid: number): number | undefined {
  return kilobytes(`/proc/${pid}/status`, 'VmRSS');
}

function kilobytes(file: string, field: string): number | undefined {
  try {
    const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'latin1'))?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): string[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.flatMap((thread) => {
    try {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim();
      return text === '' ? [] : text.split(' ');
    } catch (error) {
      // A thread may end meanwhile; a kernel without these lists says nothing about any.
      if (thread === String(pid)) throw error;
      return [];
    }
  });
}

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const [state = '', parent, group, session] = afterCommand(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return { state, parent: Number(parent), group: Number(group), session: Number(session) };
  } catch {
    return undefined;
  }
}

/** The fields of `stat` behind the command, which is in parentheses and may hold anything. */
function afterCommand(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function carries(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK_VARIABLE}=${mark}\0`);
  } catch {
    // Of another user, or gone.
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
