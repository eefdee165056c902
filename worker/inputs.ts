import type { InputArtifact } from '../core/artifact.js';
import { TrainyardError, type Code } from '@trainyard/errors';
import { isRef } from '../core/handle.js';
import type { Ref } from '../core/kinds.js';
import type { AnyContract } from '../core/node.js';
import type { Artifacts } from '../store/index.js';

export type OpenedInputs = Record<string, InputArtifact | readonly InputArtifact[] | undefined>;

/**
 * Opens what a node was given, port by port. Checks against the contract once more, since references may come from
 * outside the type checker: TY-WIRE-UNKNOWN, TY-WIRE-MISSING or TY-WIRE-KIND name node and port.
 */
export async function openInputs(
  spec: AnyContract['spec'],
  given: { readonly [port: string]: Ref | readonly Ref[] | undefined },
  artifacts: Artifacts,
): Promise<OpenedInputs> {
  const wrong = (code: Code, port: string, expected: string, actual: string): TrainyardError =>
    new TrainyardError(code, {
      what: `${spec.name} cannot take what it was given for input "${port}"`,
      where: { node: spec.name, port },
      expected,
      actual,
    });
  for (const port of Object.keys(given)) {
    const known = Object.keys(spec.inputs).join(', ') || 'no inputs';
    if (!Object.hasOwn(spec.inputs, port)) throw wrong('TY-WIRE-UNKNOWN', port, known, port);
  }
  const opened: OpenedInputs = {};
  for (const [port, kind] of Object.entries(spec.inputs)) {
    const refs = given[port];
    if (refs === undefined) {
      if (kind.arity !== 'optional') throw wrong('TY-WIRE-MISSING', port, `a ${kind.kind}`, 'nothing');
      opened[port] = undefined;
      continue;
    }
    const isList = Array.isArray(refs);
    if (isList !== (kind.arity === 'many'))
      throw wrong(
        'TY-WIRE-KIND',
        port,
        isList ? `one ${kind.kind}` : `a list of ${kind.kind}`,
        isList ? 'a list' : 'one',
      );
    const list = (isList ? refs : [refs]) as readonly Ref[];
    for (const ref of list) {
      if (isRef(ref) && ref.kind === kind.kind) continue;
      throw wrong('TY-WIRE-KIND', port, `a ${kind.kind}`, isRef(ref) ? `a ${ref.kind}` : `a ${typeof ref}`);
    }
    const all = await Promise.all(list.map((ref) => artifacts.open(ref)));
    opened[port] = isList ? all : all[0];
  }
  return opened;
}
