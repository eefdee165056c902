import { isTrainyardError } from '../core/errors/index.js';
import { loadProject } from '../project/project.js';
import { startWorker } from './worker.js';

/** A worker as a process of its own: `node main.js <temporal.config.ts> [pool,pool]`. Says `ready` to a parent when it listens. */
const [config, pools] = process.argv.slice(2);
try {
  const project = await loadProject(config);
  const worker = await startWorker({ project, ...(pools ? { pools: pools.split(',') } : {}) });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void worker.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
  process.send?.({ type: 'ready', identity: worker.identity, buildId: worker.buildId });
  await worker.ended;
  if (!stopping) process.exit(0);
} catch (error) {
  process.stderr.write(
    `${isTrainyardError(error) ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exit(1);
}
