import path from 'node:path';
import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import type { Compute } from '../activities/run/run-node.js';
import { logFile, makeLog, type Log, type LogFields } from '../project/log.js';
import type { ProjectBase } from '../project/project.js';
import { Redactor } from './redactor.js';

/** Says something of a worker, with the fields of its line. */
export type Tell = (level: 'info' | 'warn', message: string, fields?: LogFields) => void;

export interface WorkerLog {
  /** Its own lines, and those of its light nodes. */
  readonly own: Log;
  /** What its executors say, which have no file of their own: the values of secrets are hidden where their lines come in. */
  readonly executors: Log;
  /** For its file, and for whoever looks at its terminal. */
  readonly tell: Tell;
}

/** Messages of the SDK that say nothing to anybody here. */
const NOISE = /No workflows registered|Workflow failed|Activity failed|Workflow completed/;
/** Those from here on are for people, too. */
const FOR_PEOPLE: readonly LogLevel[] = ['WARN', 'ERROR'];

/**
 * Opens the log of a worker, `logs/worker.log` in the state of its project, and has Temporal's Runtime write to it, once for a
 * process. `say` gets what people should know: by default it writes to the error stream.
 */
export function openWorkerLog(
  project: ProjectBase,
  say: (level: LogLevel, message: string, meta?: unknown) => void = sayOnErrorStream,
): WorkerLog {
  const redactor = Redactor.of(project.config.secrets);
  const clean = (text: string): string => redactor.clean(text);
  const to = logFile(path.join(project.state, 'logs', 'worker.log'));
  const own = makeLog('worker', to, { clean });
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    if (NOISE.test(message)) return;
    own[LEVELS[level]](fieldsOf(meta), message);
    if (FOR_PEOPLE.includes(level)) say(level, message, meta);
  });
  Runtime.install({ logger, shutdownSignals: [] });
  return {
    own,
    executors: makeLog('executor', to, { clean }),
    tell: (level, message, fields = {}) => {
      own[level](fields, message);
      say(level === 'warn' ? 'WARN' : 'INFO', message, fields);
    },
  };
}

function sayOnErrorStream(level: LogLevel, message: string): void {
  process.stderr.write(`${level.toLowerCase()}: ${message}\n`);
}

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** What Temporal says beside a message, under the names that all lines have. */
function fieldsOf(meta: Readonly<Record<string | symbol, unknown>> = {}): LogFields {
  const { workflowId, activityType, attempt, error, sdkComponent, ...more } = meta;
  return {
    ...more,
    ...(typeof workflowId === 'string' ? { run: workflowId } : {}),
    ...(typeof activityType === 'string' ? { node: activityType } : {}),
    ...(typeof attempt === 'number' ? { attempt } : {}),
    ...(error === undefined ? {} : { err: error }),
    from: `temporal ${String(sdkComponent ?? 'sdk')}`,
  };
}

/** Computes as before, and has a log get the lines of each node with the names of its run, node, call and attempt. */
export function withLines(log: Log, compute: Compute): Compute {
  return (task, hooks) => {
    const fields = { run: task.run.id, node: task.node, call: task.call, attempt: hooks.attempt };
    const onLog = (line: string): void => {
      log.info(fields, line);
      hooks.onLog(line);
    };
    return compute(task, { ...hooks, onLog });
  };
}
