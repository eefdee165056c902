import path from 'node:path';
import type { TrainyardClient } from '../../client/client.js';
import { awaitCurrent, buildOnDisk } from '../../client/current-code.js';
import type { Project } from '../../project/project.js';
import { claimHeld } from '../../setup/index.js';
import { note } from '../terminal.js';

/** Sees to it that what is started now runs the code that is on the disk; says so when that takes a while. */
export async function runOnDisk(client: TrainyardClient, project: Project, build: Promise<string>): Promise<void> {
  await awaitCurrent(client, project, await build, {
    hasDev: () => claimHeld(path.join(project.state, 'dev.owner')) !== undefined,
    onWait: (hasDev) =>
      note(
        hasDev
          ? 'the code has changed: waiting until the worker has taken it up …'
          : 'the workers serve other code than there is here: waiting a moment for one that has it …',
      ),
  });
}

/** Begins to find out which build is on the disk; what is wrong with it is said where it is awaited. */
export function onDisk(project: Project): Promise<string> {
  const build = buildOnDisk(project);
  build.catch(() => undefined);
  return build;
}
