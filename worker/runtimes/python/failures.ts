import { TrainyardError, TransientError, UserError } from '@trainyard/errors';
import type { PythonEnd } from './process.js';
import type { PlacedProgram } from './programs.js';
import type { PythonFailure } from './wire.js';

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
