import { isTrainyardError, TrainyardError } from '../core/errors/index.js';
import { loadProject } from '../project/project.js';
import { startWorker } from './worker.js';

/**
 * A worker as a process of its own: `node main.js <temporal.config.ts> [pool,pool]`. Says `ready` to a parent when it
 * listens, or `failed` with the reason, and ends with its parent.
 */
const [config, pools] = process.argv.slice(2);
let stop = (): void => process.exit(0);
process.on('SIGTERM', () => stop());
process.on('SIGINT', () => stop());
process.on('disconnect', () => stop());
try {
  const project = await loadProject(config);
  const worker = await startWorker({ project, ...(pools ? { pools: pools.split(',') } : {}) });
  let stopping = false;
  stop = () => {
    if (stopping) return;
    stopping = true;
    void worker.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.send?.({ type: 'ready', identity: worker.identity, buildId: worker.buildId });
  await worker.ended;
  if (!stopping) process.exit(0);
} catch (error) {
  const known = isTrainyardError(error)
    ? error
    : new TrainyardError('TY-WORKER-NONE', { what: error instanceof Error ? error.message : String(error) });
  process.stderr.write(`${known === error ? known.message : String(error instanceof Error ? error.stack : error)}\n`);
  if (process.connected) process.send?.({ type: 'failed', error: known.toRecord() }, () => process.exit(1));
  else process.exit(1);
}
