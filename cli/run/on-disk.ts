import path from 'node:path';
import type { TrainyardClient } from '../../client/client.js';
import { awaitCurrent, awaitRouted, buildOnDisk } from '../../client/current-code.js';
import type { Project } from '../../project/project.js';
import { claimHeld } from '../../setup/index.js';
import { note } from '../terminal.js';

/**
 * Sees to it that what is started now runs the code that is on the disk; says so when that takes a while. Gives the build to pin a
 * run to, if there is one yet.
 */
export async function runOnDisk(
  client: TrainyardClient,
  project: Project,
  build: Promise<string>,
): Promise<string | undefined> {
  return awaitCurrent(client, project, await build, {
    hasDev: () => claimHeld(path.join(project.state, 'dev.owner')) !== undefined,
    onWait: (hasDev) =>
      note(
        hasDev
          ? 'the code has changed: waiting until the worker has taken it up …'
          : 'the workers serve other code than there is here: waiting a moment for one that has it …',
      ),
  });
}

/** The same for runs that a process starts, which go to the build that Temporal's task queues know. */
export async function allOnDisk(client: TrainyardClient, project: Project, build: Promise<string>): Promise<void> {
  const current = await runOnDisk(client, project, build);
  if (current !== undefined) await awaitRouted(client, current);
}

/** Begins to find out which build is on the disk; what is wrong with it is said where it is awaited. */
export function onDisk(project: Project): Promise<string> {
  const build = buildOnDisk(project);
  build.catch(() => undefined);
  return build;
}
