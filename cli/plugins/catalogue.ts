import type { z } from 'zod';
import type { AnyComposite } from '../../core/composite.js';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import type { Kind } from '../../core/kinds.js';
import { outputPorts, type AnyContract } from '../../core/node.js';
import type { Ports } from '../../core/wiring.js';
import type { Project } from '../../project/project.js';

/** What every entry of the catalogue says of itself, whatever part of a plugin it is. */
interface Entry {
  readonly name: string;
  readonly title: string | undefined;
  readonly params: z.ZodType;
  readonly inputs: Ports;
  readonly outputs: Ports;
}

/** A part of a plugin, as the catalogue shows it. */
export type Part =
  | (Entry & { readonly part: 'node'; readonly spec: AnyContract['spec'] })
  | (Entry & { readonly part: 'function'; readonly nodes: readonly string[] });

/** All parts of a project's plugins and of the built-in families, by name. */
export function partsOf({ contracts, plugins }: Pick<Project, 'contracts' | 'plugins'>): Part[] {
  const functions = plugins.flatMap(({ composites }) => composites.map(functionPart));
  return [...[...contracts.values()].map(nodePart), ...functions].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function nodePart({ spec }: AnyContract): Part {
  const { name, title, params, inputs } = spec;
  return { part: 'node', name, title, params, inputs, outputs: outputPorts(spec), spec };
}

function functionPart({ composite: { name, title, params, inputs, outputs, nodes } }: AnyComposite): Part {
  const called = nodes.map(({ spec }) => spec.name);
  return { part: 'function', name, title, params, inputs, outputs: outputPorts({ outputs }), nodes: called };
}

/** The part of a name, or those of a family. Throws TY-NODE-UNKNOWN with what the name most likely meant. */
export function partsNamed<P extends { readonly name: string }>(parts: readonly P[], name: string): readonly P[] {
  const exact = parts.filter((one) => one.name === name);
  if (exact.length > 0) return exact;
  const family = parts.filter((one) => one.name.startsWith(`${name}.`));
  if (family.length > 0) return family;
  // Its last word alone is what people remember: `csv` for `ingest.csv`.
  const step = parts.filter((one) => one.name.endsWith(`.${name}`));
  const known = new Set(parts.flatMap((one) => [one.name, one.name.split('.')[0] ?? '']));
  throw new TrainyardError('TY-NODE-UNKNOWN', {
    what: `there is no node or other part "${name}"; ${
      step.length > 0 ? `did you mean ${step.map((one) => `"${one.name}"`).join(' or ')}?` : sayNearest(name, known)
    }`,
  });
}

/** A port's kind, with how many of it. */
export function sayPort(kind: Kind): string {
  if (kind.arity === 'many') return `list of ${kind.kind}`;
  return kind.arity === 'optional' ? `${kind.kind}, optional` : kind.kind;
}
