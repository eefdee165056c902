import { connectNow } from '../../client/reader.js';
import { resumeRun } from '../../client/run/resume.js';
import { readAddresses } from '../../project/addresses.js';
import { gitCommit } from '../../project/commit.js';
import { loadConfig, loadProject } from '../../project/project.js';
import { followToEnd } from '../run/follow.js';
import { Interruption, sayHowToTakeUp } from '../run/interruption.js';
import { onDisk, runOnDisk } from '../run/on-disk.js';
import { moreTrials } from '../study/study.js';
import { note, print, printJson } from '../terminal.js';
import { userName } from '../user-name.js';

export interface ResumeCommandOptions {
  withNewCode?: boolean;
  pause?: boolean;
  trials?: string;
  why?: string;
  detach?: boolean;
  json?: boolean;
}

/** `trainyard resume`. */
export async function resume(config: string | undefined, run: string, options: ResumeCommandOptions): Promise<void> {
  const newCode = options.withNewCode === true ? await loadProject(config) : undefined;
  const project = newCode ?? (await loadConfig(config));
  const client = await connectNow(project);
  const interruption = new Interruption();
  try {
    if (newCode) await runOnDisk(client, newCode, onDisk(newCode));
    const { workflowId: id } = await resumeRun(client, run, {
      newCode: options.withNewCode === true,
      ...(options.trials === undefined
        ? {}
        : { grow: { trials: moreTrials(options.trials), by: userName(), why: options.why ?? '' } }),
      ...(options.pause ? { onFailure: 'pause' as const } : {}),
      commit: await gitCommit(project.root),
      pages: readAddresses(project.state)?.server,
    });
    interruption.before = () => note(sayHowToTakeUp(id));
    if (options.detach) {
      if (options.json) printJson({ run: id });
      else print(`started ${id}\n  trainyard show ${id} --follow`);
      return;
    }
    if (!options.json) print(`run ${id}, resuming ${run}`);
    const result = await followToEnd({ project, client, id, json: options.json === true, interruption });
    if (options.json) printJson(result);
  } finally {
    interruption.end();
    await client.close();
  }
}
