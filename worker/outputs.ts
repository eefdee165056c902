import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { OutputArtifact } from '../core/artifact.js';
import { TrainyardError } from '@trainyard/errors';
import { canonical } from '../core/json.js';
import type { Kind } from '../core/kinds.js';
import { ONLY_OUTPUT, outputPorts, type AnyContract } from '../core/node.js';
import { sayIssues } from '../core/pipeline.js';
import { fileNameFault } from '../store/index.js';

/** The file without which an artifact of a kind could be read by nobody. */
const NEEDED_FILE: Readonly<Record<string, string>> = {
  table: 'data.parquet',
  'sealed table': 'data.parquet',
  transform: 'transform.json',
  model: 'model.json',
  plot: 'plot.svg',
};

/**
 * What a node gave, by output port, checked against its contract: every port is there and no other, values of JSON and
 * reports are what their schema says (and filled in by it), files have names and contents that can be stored, and paths
 * lie in the node's scratch folder. Throws TY-NODE-OUTPUT naming node, port and field.
 */
export async function checkOutputs(
  spec: AnyContract['spec'],
  given: unknown,
  scratch: () => string,
): Promise<Record<string, OutputArtifact>> {
  const ports = outputPorts(spec);
  const single = ONLY_OUTPUT in ports && 'kind' in spec.outputs;
  const byPort: unknown = single ? { [ONLY_OUTPUT]: given } : given;
  if (!isRecord(byPort)) throw fault(spec, {}, `one output each for ${Object.keys(ports).join(', ')}`, say(given));
  for (const port of Object.keys(byPort))
    if (!Object.hasOwn(ports, port))
      throw fault(spec, { port }, `only the outputs ${Object.keys(ports).join(', ')}`, port);
  const checked: Record<string, OutputArtifact> = {};
  for (const [port, kind] of Object.entries(ports))
    checked[port] = await checkOne(spec, port, kind, Object.hasOwn(byPort, port) ? byPort[port] : undefined, scratch);
  return checked;
}

async function checkOne(
  spec: AnyContract['spec'],
  port: string,
  kind: Kind,
  given: unknown,
  scratch: () => string,
): Promise<OutputArtifact> {
  const shape = `{ value?, files? } for a ${kind.kind}`;
  if (!isRecord(given)) throw fault(spec, { port }, shape, say(given));
  for (const field of Object.keys(given))
    if (field !== 'value' && field !== 'files') throw fault(spec, { port, field }, shape, `a field "${field}"`);
  const value = checkValue(spec, port, kind, given.value);
  const files = given.files ?? {};
  if (!isRecord(files)) throw fault(spec, { port, field: 'files' }, 'contents by file name', say(files));
  const checked: [string, Uint8Array | string | { path: string }][] = [];
  for (const [name, content] of Object.entries(files))
    checked.push([name, await checkFile(spec, port, name, content, scratch)]);
  const contents = Object.fromEntries(checked);
  const needed = NEEDED_FILE[kind.kind];
  if (needed !== undefined && !Object.hasOwn(contents, needed)) {
    const actual = Object.keys(contents).join(', ') || 'no files';
    throw fault(spec, { port, file: needed }, `a file ${needed}, as every ${kind.kind} has`, actual);
  }
  if (kind.kind === 'file' && Object.keys(contents).length === 0)
    throw fault(spec, { port, field: 'files' }, 'at least one file', 'no files');
  return { ...(value === undefined ? {} : { value: value as never }), files: contents };
}

function checkValue(spec: AnyContract['spec'], port: string, kind: Kind, value: unknown): unknown {
  const needed = kind.kind === 'json' || kind.kind === 'report';
  if (needed && value === undefined)
    throw fault(spec, { port, field: 'value' }, `the value of the ${kind.kind}`, 'none');
  const broken = notJson(value, 'value');
  if (broken) throw notHeld(spec, port, broken);
  if (!kind.schema || value === undefined) return value;
  // The schema sees what will be read again: class instances and undefined members are gone by then.
  const parsed = kind.schema.safeParse(JSON.parse(canonical(value)));
  if (parsed.success) return parsed.data;
  const field = ['value', ...(parsed.error.issues[0]?.path ?? [])].join('.');
  throw fault(spec, { port, field }, "what the port's schema says", sayIssues(parsed.error));
}

async function checkFile(
  spec: AnyContract['spec'],
  port: string,
  name: string,
  content: unknown,
  scratch: () => string,
): Promise<Uint8Array | string | { path: string }> {
  const file = JSON.stringify(name);
  const named = fileNameFault(name);
  if (named) throw fault(spec, { port, file }, "a file's name without folders", `${file}: ${named}`);
  if (typeof content === 'string' || content instanceof Uint8Array) return content;
  if (!isRecord(content) || typeof content.path !== 'string')
    throw fault(spec, { port, file }, 'bytes, text, or { path }', say(content));
  const absolute = path.resolve(scratch(), content.path);
  const real = await realpath(absolute).catch(() => undefined);
  const root = await realpath(scratch());
  if (real === undefined || !(await stat(real)).isFile())
    throw fault(spec, { port, file }, 'the path of a file in ctx.scratch', `there is no file ${content.path}`);
  if (!real.startsWith(root + path.sep))
    throw fault(spec, { port, file }, 'a path in ctx.scratch', `${content.path} is outside it`);
  return { path: real };
}

/** Deeper values overflow the stack of those who read them. */
const MOST_DEPTH = 500;

/** The first place in a value that JSON cannot hold, or not as it is. */
function notJson(
  value: unknown,
  field: string,
  above: readonly object[] = [],
): { field: string; actual: string } | undefined {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean')
    return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : { field, actual: String(value) };
  if (typeof value !== 'object') return { field, actual: `a ${typeof value}` };
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return notJson((value.toJSON as () => unknown)(), field, [...above, value]);
  if (above.includes(value)) return { field, actual: 'a value that holds itself' };
  if (above.length >= MOST_DEPTH)
    return { field: `${field.slice(0, 60)}…`, actual: `more than ${MOST_DEPTH} values within one another` };
  if (!Array.isArray(value) && !isPlain(value)) return { field, actual: `a ${nameOf(value)}` };
  const within = [...above, value];
  for (const [key, member] of Object.entries(value)) {
    // Whoever copies it by assignment loses it, without a word.
    if (key === '__proto__') return { field: `${field}.${key}`, actual: 'a key "__proto__"' };
    const broken = notJson(member, `${field}.${key}`, within);
    if (broken) return broken;
  }
  return undefined;
}

/** Whether an object has only what its own members say: of an instance of a class, a Map too, JSON would keep a part. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(value: object): string {
  const { constructor } = value as { constructor?: unknown };
  return (typeof constructor === 'function' && constructor.name) || 'object of a class';
}

/** What is wrong stands in the sentence: of a trial nothing else is shown. */
function notHeld(
  { name }: AnyContract['spec'],
  port: string,
  { field, actual }: { field: string; actual: string },
): TrainyardError {
  return new TrainyardError('TY-NODE-OUTPUT', {
    what: `${name} gave ${actual} at ${field} of output "${port}"`,
    where: { node: name, port, field },
    expected: 'what JSON can hold: plain objects, lists, text, finite numbers, booleans and null',
    actual,
    remedy: 'give null for a figure that is none, a plain object or a list for a Map, a Set or an instance',
  });
}

function fault(
  spec: AnyContract['spec'],
  where: { port?: string; field?: string; file?: string },
  expected: string,
  actual: string,
): TrainyardError {
  const of = where.port === undefined ? '' : ` for output "${where.port}"`;
  return new TrainyardError('TY-NODE-OUTPUT', {
    what: `${spec.name} gave something else than its contract promises${of}`,
    where: { node: spec.name, ...where },
    expected,
    actual,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function say(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
