import { loadProject } from '../../project/project.js';
import { startWorker } from '../../worker/worker.js';
import { EXIT } from '../exit.js';
import { note, print, printJson } from '../terminal.js';

export interface WorkerOptions {
  pools?: string;
  workflows: boolean;
  json?: boolean;
}

/** `trainyard worker`: runs until Ctrl-C, which lets running nodes finish for a few seconds. */
export async function runWorker(config: string | undefined, options: WorkerOptions): Promise<void> {
  const project = await loadProject(config);
  const pools = options.pools?.split(',').map((name) => name.trim());
  const worker = await startWorker({
    project,
    workflows: options.workflows,
    ...(pools === undefined ? {} : { pools }),
  });
  const served = pools ?? Object.keys(project.config.pools);
  if (options.json) printJson({ identity: worker.identity, buildId: worker.buildId ?? null, pools: served });
  else print(`worker ${worker.identity} listens: pools ${served.join(', ')}${options.workflows ? ', pipelines' : ''}`);
  let asked = 0;
  const onSignal = (): void => {
    if (asked++ > 0) process.exit(EXIT.interrupted);
    note('\nending: running nodes have a few seconds; Ctrl-C again ends at once');
    void worker.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  await worker.ended;
}
