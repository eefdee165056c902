import { TrainyardError, TransientError, UserError } from '@trainyard/errors';
import type { PlacedProgram } from './place.js';
import type { PythonEnd } from './process.js';

/** What the process says of a call that failed. */
export interface PythonFailure {
  readonly type: 'failed';
  readonly fault:
    'cancelled' | 'code' | 'host' | 'memory' | 'module' | 'other' | 'output' | 'seed' | 'transient' | 'user';
  readonly what: string;
  /** Name of the exception's class. */
  readonly name: string;
  /** The last place in the node's own code; files below the code folder. */
  readonly place: { readonly file: string; readonly line: number; readonly function: string } | null;
  /** The traceback from the node's own code on; may be empty. */
  readonly trace: string;
  /** What its author said beside the message. */
  readonly parts?: {
    readonly expected?: string | null;
    readonly actual?: string | null;
    readonly remedy?: string | null;
    readonly where?: Readonly<Record<string, unknown>>;
  };
  /** Of `host`: which question was refused. */
  readonly number?: number;
  /** Of `module`: what could not be imported. */
  readonly module?: string | null;
}

/** A failure for people: the exception's last line, and its place in the user's file. */
export function sayPythonFailure(
  failure: PythonFailure,
  node: string,
  { sources, requirements }: PlacedProgram,
  version: string,
): TrainyardError {
  const { fault, name, place, parts = {} } = failure;
  const message = failure.what.trim();
  const at = place && `${sources === '' ? '' : `${sources}/`}${place.file}:${place.line}`;
  const where = {
    node,
    ...textOf(parts.where ?? {}),
    ...(at ? { file: at } : {}),
  };
  const more = { where, ...textOf({ expected: parts.expected, actual: parts.actual, remedy: parts.remedy }) };
  const said = message === '' ? name : `${name}: ${message}`;
  switch (fault) {
    case 'user':
      return new UserError(message || `${node} refused its input`, more);
    case 'transient':
      return new TransientError(message || `${node} met a fault that may pass`, more);
    case 'output':
      return new TrainyardError('TY-NODE-OUTPUT', { what: message, ...more });
    case 'seed':
      return new TrainyardError('TY-NODE-SEED', { what: message, where });
    case 'memory':
      return new TrainyardError('TY-NODE-MEMORY', { what: `${node} ran out of memory in Python: ${said}`, where });
    case 'code':
      return new TrainyardError('TY-CODE', { what: `the Python code of ${node} cannot be loaded: ${said}`, where });
    case 'module':
      return new TrainyardError('TY-CODE', {
        what: `the Python code of ${node} imports ${failure.module ?? 'a module'}, which is not there`,
        where,
        expected:
          requirements === undefined
            ? `a module of the standard library of Python ${version}, or a file of the node's own folder: it has no requirements`
            : `a package of ${requirements}, or a file of the node's own folder`,
        remedy: `add its package to requirements.in, then: npx trainyard python lock requirements.in${requirements === undefined ? ', and name the file in python(…)' : ` -o ${requirements}`}`,
      });
    default:
      return new TrainyardError('TY-NODE-FAILED', { what: `${node} failed: ${said}`, where });
  }
}

function textOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined || value === null ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  );
}

/** A process that ended before it said how it went: a crash of a library, a signal, `os._exit`. */
export function sayPythonDeath(node: string, { code, signal }: PythonEnd): TrainyardError {
  const how = signal ? `by signal ${signal}` : `with exit code ${String(code)}`;
  return new TrainyardError('TY-NODE-CRASHED', {
    what: `the Python process of ${node} ended ${how} before it answered`,
    where: { node },
    remedy:
      signal === 'SIGKILL'
        ? 'if the system ended it for memory, give the node more memory or less data'
        : 'look at the log of the node: what Python and its libraries said last stands there',
  });
}
