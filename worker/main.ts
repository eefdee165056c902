import { isTrainyardError, sayThrown, TrainyardError } from '@trainyard/errors';
import { loadProject } from '../project/project.js';
import { collectAtRest } from '../project/idle-memory.js';
import { projectSources } from '../project/compile.js';
import { Reloads } from './reloads.js';
import { asCodeError, startWorker, type RunningWorker } from './worker.js';

/**
 * A worker as a process of its own: `node main.js <temporal.config.ts> [pool,pool]`. Says `ready` to a parent when it
 * listens, or `failed` with the reason, and ends with its parent. What it says is in its log alone.
 */
const [config, pools] = process.argv.slice(2);
/** How long it may take to end without a parent, ms: what runs in it is run elsewhere then. */
const ALONE_MS = 10_000;
let stop = (): void => process.exit(0);
process.on('SIGTERM', () => stop());
process.on('SIGINT', () => stop());
process.on('disconnect', () => {
  stop();
  // Whoever would have ended it by force is gone, and Temporal may be, too: then the SDK waits long for an answer.
  setTimeout(() => process.exit(1), ALONE_MS).unref();
});
let reloads: Reloads | undefined;
let editedMeanwhile = false;
process.on('message', (message: { type: string }) => {
  if (message.type !== 'reload') return;
  if (reloads) reloads.ask();
  else editedMeanwhile = true;
});
try {
  const project = await loadProject(config);
  const worker = await startWorker({ project, log: () => undefined, ...(pools ? { pools: pools.split(',') } : {}) });
  let stopping = false;
  stop = () => {
    if (stopping) return;
    stopping = true;
    void worker.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  collectAtRest();
  reloads = new Reloads((isLast) => reload(worker, isLast));
  process.send?.({ type: 'ready', identity: worker.identity, buildId: worker.buildId, sources: projectSources() });
  if (editedMeanwhile) reloads.ask();
  await worker.ended;
  if (!stopping) process.exit(0);
} catch (error) {
  const known = isTrainyardError(error) ? error : new TrainyardError('TY-WORKER-NONE', { what: sayThrown(error) });
  process.stderr.write(`${known === error ? known.message : String(error instanceof Error ? error.stack : error)}\n`);
  if (process.connected) process.send?.({ type: 'failed', error: known.toRecord() }, () => process.exit(1));
  else process.exit(1);
}

/** Takes up the project's code as it is now, and says so, or what is wrong with it: the former code stays in use then. */
async function reload(worker: RunningWorker, isLast: () => boolean): Promise<void> {
  let said: object;
  try {
    await worker.reload(await loadProject(config), isLast);
    said = { type: 'reloaded', buildId: worker.buildId };
  } catch (error) {
    said = { type: 'reload-failed', error: asCodeError(error).toRecord() };
  }
  // Of a state that is past nobody wants to hear.
  if (isLast()) process.send?.({ ...said, sources: projectSources() });
}
