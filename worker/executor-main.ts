import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import type { TrainyardClient } from '../client/index.js';
import { isTrainyardError, sayThrown, TrainyardError } from '@trainyard/errors';
import type { BroughtPart } from '../core/part.js';
import { provideParts, type PartsOnHand } from '../core/provided-parts.js';
import { openStore } from '../store/index.js';
import { partsIn } from '../project/parts-in.js';
import { secretIn } from '../project/secret-source.js';
import { DevicePlace } from './device-place.js';
import { executeNode } from './execute.js';
import { isImplementation, type Implementation } from '../core/implementation.js';
import { LateAbort } from './late-abort.js';
import { killTree, MARK_VARIABLE } from './process-tree.js';
import {
  SETUP_VARIABLE,
  type ExecutorSetup,
  type FromExecutor,
  type Remains,
  type RunMessage,
  type ToExecutor,
} from './protocol.js';
import { Redactor } from './redactor.js';
import { StartedProcesses } from './started-processes.js';

/** The process in which nodes compute: one at a time, kept warm, ended with its worker. */
const setup = JSON.parse(process.env[SETUP_VARIABLE] ?? '{}') as ExecutorSetup;
const store = openStore(setup.store);
const implementations = new Map<string, Promise<Implementation>>();
const redactor = Redactor.of(setup.secrets);
const started = new StartedProcesses();
let running: LateAbort | undefined;
/** What opens what the running node takes. */
let opened: PartsOnHand | undefined;
provideParts(() => opened);
let connected: Promise<TrainyardClient> | undefined;

process.setSourceMapsEnabled(true);
process.on('disconnect', () => {
  killTree({ pid: process.pid, mark: process.env[MARK_VARIABLE] ?? '' });
  process.exit(0);
});
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => running?.abort());
process.on('message', (message: ToExecutor) => {
  if (message.type === 'cancel') running?.abort();
  else if (message.type === 'run') void run(message);
  // What cannot be loaded is said when it is to run.
  else load(message.module, message.exportName, message.node).catch(() => undefined);
});
tell({ type: 'ready' });

function tell(message: FromExecutor): void {
  process.send?.(message);
}

async function run({ task, module, exportName, opens = [], placed, attempt, begun }: RunMessage): Promise<void> {
  // What a worker sent just before it was killed is begun elsewhere: not here, too.
  if (process.ppid !== setup.worker) process.exit(0);
  const abort = new LateAbort();
  running = abort;
  if (setup.gpu && !(await hasPlace(setup.gpu))) {
    running = undefined;
    return tell({ type: 'busy' });
  }
  if (!begun) tell({ type: 'begun' });
  redactor.read(setup.secrets);
  const startedAt = performance.now();
  let checkpoints = false;
  opened = partsFor(opens);
  try {
    const implementation = await load(module, exportName, task.node);
    const outputs = await executeNode({
      implementation,
      task,
      store,
      placed,
      host: {
        scratchRoot: setup.scratch,
        device: setup.device,
        attempt,
        get signal() {
          return abort.signal;
        },
        log: (line) => tell({ type: 'log', line }),
        progress: (fraction, message) => tell({ type: 'progress', fraction, message }),
        report: (step, value) => tell({ type: 'report', step, value }),
        onCheckpoint: () => (checkpoints = true),
        secret,
        redactor,
        client,
      },
    });
    const ms = performance.now() - startedAt;
    tell({ type: 'done', outputs, ms, checkpoints, ...remains() });
  } catch (error) {
    const known = isTrainyardError(error)
      ? error
      : new TrainyardError('TY-NODE-FAILED', {
          what: redactor.clean(sayThrown(error)),
          where: { node: task.node },
        });
    tell({ type: 'failed', error: known.toRecord(), cancelled: abort.isAborted, ...remains() });
  } finally {
    running = undefined;
  }
}

const parts = new Map<string, PartsOnHand>();

/** The parts that open what a node takes, each loaded once. */
function partsFor(opens: readonly BroughtPart[]): PartsOnHand {
  const id = opens.map(({ module, exportName }) => `${module}#${exportName}`).join('\n');
  let known = parts.get(id);
  if (!known) parts.set(id, (known = partsIn(opens)));
  return known;
}

/** What is left of the node in its process, when it has ended. */
function remains(): Remains {
  return { started: started.any(), isTooLarge: isTooLarge() };
}

/** Resident memory, in bytes, above which a process is replaced after its node rather than kept warm. */
const TOO_LARGE_TO_KEEP = 2_500_000_000;

/** Looks at the most that it ever held first, which is one call to the system: what it holds now takes a file to read. */
function isTooLarge(): boolean {
  return process.resourceUsage().maxRSS * 1024 > TOO_LARGE_TO_KEEP && process.memoryUsage.rss() > TOO_LARGE_TO_KEEP;
}

let place: DevicePlace | undefined;

/** Once used, the device stays this process's, memory and all, until the worker ends it because another waits. */
async function hasPlace({ number, places }: NonNullable<ExecutorSetup['gpu']>): Promise<boolean> {
  if (place) return true;
  place = await DevicePlace.take(number, places);
  if (place) place.onWanted = () => tell({ type: 'wanted' });
  return place !== undefined;
}

function load(module: string, exportName: string, node: string): Promise<Implementation> {
  const name = `${module}#${exportName}`;
  let loaded = implementations.get(name);
  if (!loaded) {
    loaded = import(pathToFileURL(module).href).then((found: Record<string, unknown>) => {
      const implementation = found[exportName];
      if (isImplementation(implementation) && implementation.contract.spec.name === node) return implementation;
      throw new TrainyardError('TY-NODE-NOT-IMPLEMENTED', {
        what: `${exportName} does not implement ${node}`,
        where: { node, file: module },
      });
    });
    implementations.set(name, loaded);
  }
  return loaded;
}

function secret(name: string): string {
  const value = secretIn(setup.secrets, name);
  redactor.add(name, value);
  tell({ type: 'secret', name, value });
  return value;
}

function client(): Promise<TrainyardClient> {
  connected ??= import('../client/connect.js').then(async ({ connect }) => {
    const made = await connect({ config: setup.configFile });
    // The compiler of the configuration is a process: it is not the node's, and must not be taken for one that it left.
    await (await import('esbuild')).stop();
    return made;
  });
  return connected;
}
