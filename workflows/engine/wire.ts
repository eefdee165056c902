import type { z } from 'zod';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import { isHandle, isRef, type Handle } from '../../core/handle.js';
import { canonical, type Json } from '../../core/json.js';
import type { Kind, Ref } from '../../core/kinds.js';
import { paramNames, type AnyContract, type CallOptions } from '../../core/node.js';
import { sayIssues } from '../../core/pipeline.js';
import { checkTravels, TRAVEL_BYTES } from '../../core/travel.js';
import type { Ports } from '../../core/wiring.js';
import { misfit } from './shape-mismatch.js';

export type Given = Handle | Ref;

/** A node call whose wiring has been found right. */
export interface WiredCall {
  readonly params: Json;
  /** By port; a list for ports that take many, nothing for optional ports left out. */
  readonly inputs: ReadonlyMap<string, Given | readonly Given[]>;
}

const OPTIONS: Readonly<Record<keyof CallOptions, true>> = {
  id: true,
  summary: true,
  reason: true,
  resources: true,
  retry: true,
  timeout: true,
};

/**
 * Checks one node call against its contract before any work: names, kinds, lists, parameters. Throws TY-WIRE-… or
 * TY-PARAM naming node and port. What the editor refuses is refused here again, for callers without types.
 */
export function wireCall(
  contract: AnyContract,
  args: Readonly<Record<string, unknown>>,
  options: CallOptions = {},
): WiredCall {
  const { spec } = contract;
  const strange = Object.keys(options).find((name) => !(name in OPTIONS));
  if (strange !== undefined) {
    throw new TrainyardError('TY-WIRE-UNKNOWN', {
      what: `${spec.name}: a call has no option "${strange}"; ${sayNearest(strange, Object.keys(OPTIONS))}`,
      where: { node: spec.name, port: strange },
    });
  }
  const ports: Ports = spec.inputs;
  const params = paramNames(spec);
  for (const name of Object.keys(args)) {
    if (Object.hasOwn(ports, name) || params.includes(name) || args[name] === undefined) continue;
    throw new TrainyardError('TY-WIRE-UNKNOWN', {
      what: `${spec.name} has no input or parameter "${name}"; ${sayNearest(name, [...Object.keys(ports), ...params])}`,
      where: { node: spec.name, port: name },
    });
  }
  const inputs = new Map<string, Given | readonly Given[]>();
  for (const [port, kind] of Object.entries(ports)) {
    const given = args[port];
    if (given === undefined) {
      if (kind.arity === 'optional') continue;
      throw new TrainyardError('TY-WIRE-MISSING', {
        what: `${spec.name}: input "${port}" is missing`,
        where: { node: spec.name, port },
        expected: sayKind(kind),
      });
    }
    inputs.set(port, checkGiven(spec.name, port, kind, given));
  }
  return { params: parseParams(contract, args), inputs };
}

function checkGiven(node: string, port: string, kind: Kind, given: unknown): Given | readonly Given[] {
  if (kind.arity !== 'many') return checkOne(node, port, kind, given);
  if (!Array.isArray(given)) throw wrongKind(node, port, sayKind(kind), sayGiven(given));
  return given.map((item: unknown, index) => checkOne(node, `${port}[${index}]`, kind, item));
}

function checkOne(node: string, port: string, kind: Kind, given: unknown): Given {
  const held = isHandle(given) ? given.artifact.kind : isRef(given) ? given.kind : undefined;
  if (held !== kind.kind) throw wrongKind(node, port, `a ${kind.kind}`, sayGiven(given));
  const schema = isHandle(given) ? given.artifact.schema : undefined;
  const reason = kind.schema && schema && kind.schema !== schema ? misfit(kind.schema, schema) : undefined;
  if (reason === undefined) return given as Given;
  throw new TrainyardError('TY-WIRE-KIND', {
    what: `${node}: input "${port}" takes a ${kind.kind} of another shape: ${reason}`,
    where: { node, port },
  });
}

function wrongKind(node: string, port: string, expected: string, actual: string): TrainyardError {
  const sealed =
    actual === `a sealed ${expected.slice(2)}`
      ? ': a sealed one is opened by nodes that say so (opens), such as evaluate.final'
      : '';
  return new TrainyardError('TY-WIRE-KIND', {
    what: `${node}: input "${port}" takes ${expected}, this is ${actual}${sealed}`,
    where: { node, port },
    expected,
    actual,
  });
}

function sayKind(kind: Kind): string {
  return kind.arity === 'many' ? `a list of artifacts of kind ${kind.kind}` : `a ${kind.kind}`;
}

function sayGiven(given: unknown): string {
  if (isHandle(given)) return `a ${given.artifact.kind}`;
  if (isRef(given)) return `a ${given.kind}`;
  if (Array.isArray(given)) return 'a list';
  if (typeof given === 'object' && given !== null && Object.values(given).some(isHandle)) {
    return `all outputs of ${Object.values(given).find(isHandle)?.node ?? 'a node'}: name one of ${Object.keys(given).join(', ')}`;
  }
  return given === null ? 'null' : `a ${typeof given}`;
}

function parseParams(contract: AnyContract, args: Readonly<Record<string, unknown>>): Json {
  const { spec } = contract;
  const own = Object.fromEntries(
    Object.entries(args).filter(([name, value]) => !(name in spec.inputs) && value !== undefined),
  );
  const stray = Object.entries(own).find(([, value]) => isHandle(value));
  if (stray) {
    throw new TrainyardError('TY-WIRE-KIND', {
      what: `${spec.name}: parameter "${stray[0]}" was given a handle; parameters are plain values`,
      where: { node: spec.name, port: stray[0] },
      remedy: 'await the handle and pass its value, or make it an input',
    });
  }
  const parsed = spec.params.safeParse(own);
  if (!parsed.success) throw wrongParams(spec.name, parsed.error);
  let text: string;
  try {
    text = canonical(parsed.data ?? {});
  } catch (cause) {
    throw new TrainyardError('TY-PARAM', {
      what: `${spec.name}: its parameters have no JSON form: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: { node: spec.name },
      cause,
    });
  }
  const params = JSON.parse(text) as Json;
  // A character is three bytes at most: nearly all parameters need no counting.
  if (3 * text.length > TRAVEL_BYTES) checkTravels(`the parameters of ${spec.name}`, params, { node: spec.name });
  return params;
}

function wrongParams(node: string, error: z.ZodError): TrainyardError {
  const field = error.issues[0]?.path.join('.');
  return new TrainyardError('TY-PARAM', {
    what: `${node}: ${sayIssues(error)}`,
    where: { node, ...(field ? { field } : {}) },
    remedy: `trainyard plugins ${node} shows its parameters`,
  });
}
