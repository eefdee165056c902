import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { MARK_VARIABLE, type Tree } from './process-tree.js';

/**
 * Kills what is left of the executors when standard input ends, which the kernel sees to when the worker dies, even of
 * kill -9: first all that carries the worker's mark, where there is /proc, then each group that has not been taken back.
 */
const SCRIPT = `groups=
while read -r word group; do
  kept=
  for one in $groups; do [ "$one" = "$group" ] || kept="$kept $one"; done
  groups=$kept
  [ "$word" = drop ] || groups="$groups $group"
done
for file in $(grep -slF -- "$1" /proc/[0-9]*/environ 2>/dev/null); do
  pid=\${file#/proc/}
  kill -KILL "\${pid%/environ}" 2>/dev/null
done
for one in $groups; do kill -KILL -"$one" 2>/dev/null; done
exit 0`;

/** What all processes that come from this worker carry in their environment, before a number of their own. */
const ownMark = randomUUID();
let number = 0;
let watcher: ChildProcess | undefined;

/** A mark that no other executor has. */
export function newMark(): string {
  return `${ownMark}.${++number}`;
}

/** Has the group killed when this process is gone, however it went: an executor that is busy does not notice it by itself. */
export function watchOver({ pid }: Tree): void {
  watcher ??= start();
  watcher.stdin?.write(`add ${pid}\n`);
}

/** The group is gone: its number may be another's soon. */
export function watchNoMore({ pid }: Tree): void {
  watcher?.stdin?.write(`drop ${pid}\n`);
}

/** In a group of its own: what ends the worker by Ctrl-C must not end it. */
function start(): ChildProcess {
  const started = spawn('/bin/sh', ['-c', SCRIPT, 'trainyard-watcher', `${MARK_VARIABLE}=${ownMark}.`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  started.on('error', () => undefined);
  started.stdin?.on('error', () => undefined);
  started.unref();
  (started.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return started;
}
