import { connectNow } from '../../client/reader.js';
import { describeRun } from '../../client/run/run-view.js';
import { decide } from '../../client/run/runs.js';
import { loadConfig } from '../../project/project.js';
import { unknownRun } from '../show/find-run.js';
import { print, printJson } from '../terminal.js';
import { userName } from '../user-name.js';

export interface ApproveOptions {
  no?: boolean;
  why?: string;
  by?: string;
  json?: boolean;
}

/** `trainyard approve`. */
export async function approve(
  config: string | undefined,
  run: string,
  name: string,
  options: ApproveOptions,
): Promise<void> {
  const client = await connectNow(await loadConfig(config));
  try {
    if (!(await describeRun(client.temporal, run))) throw await unknownRun(client, run);
    const answer = { name, approved: !options.no, by: options.by ?? userName(), why: options.why ?? '' };
    await decide(client, run, answer);
    if (options.json) printJson({ run, ...answer });
    else print(`${name}: ${answer.approved ? 'yes' : 'no'}, by ${answer.by}`);
  } finally {
    await client.close();
  }
}
