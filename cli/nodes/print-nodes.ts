import type { Kind } from '../../core/kinds.js';
import { NODE_DEFAULTS } from '../../core/node.js';
import type { Ports } from '../../core/wiring.js';
import { loadProject } from '../../project/project.js';
import { jsonSchemaOf } from '../schema-fields.js';
import { colours, print, printJson, table } from '../terminal.js';
import { partsNamed, partsOf, type Part } from './catalogue.js';
import { inFull } from './in-full.js';

/** `trainyard nodes`: all nodes of the project and of Trainyard itself, or one in full. */
export async function printNodes(config: string | undefined, name: string | undefined, json: boolean): Promise<void> {
  const parts = partsOf(await loadProject(config));
  const chosen = name === undefined ? parts : partsNamed(parts, name);
  if (json) return printJson({ nodes: chosen.map(recordOf) });
  const [only] = chosen;
  if (only?.name === name && only) return print(inFull(only));
  const rows = chosen.map((part) => [part.name, sayPorts(part.inputs), sayPorts(part.outputs), titleOf(part)]);
  print(table(['node', 'inputs', 'outputs', 'title'], rows, { most: 60, whole: true }));
  print(colours.dim('\ntrainyard nodes NAME shows one in full'));
}

function titleOf(part: Part): string {
  const title = part.title ?? '';
  return part.part === 'function' ? `${title} (${part.nodes.join(', ')})` : title;
}

function sayPorts(of: Ports): string {
  return Object.entries(of)
    .map(([name, kind]) =>
      name === 'out' ? kind.kind : `${name}${kind.arity === 'optional' ? '?' : kind.arity === 'many' ? '[]' : ''}`,
    )
    .join(', ');
}

function recordOf(part: Part): object {
  const port = (kind: Kind): object => ({ kind: kind.kind, arity: kind.arity ?? 'one' });
  const portsOf = (of: Ports): object =>
    Object.fromEntries(Object.entries(of).map(([name, kind]) => [name, port(kind)]));
  return {
    part: part.part,
    name: part.name,
    ...(part.part === 'node' ? { version: part.spec.version } : {}),
    title: part.title ?? null,
    params: jsonSchemaOf(part.params),
    inputs: portsOf(part.inputs),
    outputs: portsOf(part.outputs),
    ...(part.part === 'node' ? settingsOf(part.spec) : { nodes: part.nodes }),
  };
}

function settingsOf(spec: (Part & { part: 'node' })['spec']): object {
  const { name: _, version: _v, title: _t, params: _p, inputs: _i, outputs: _o, ...said } = spec;
  return {
    queueTimeout: null,
    continuesOver: null,
    facts: {},
    reproducible: null,
    ...NODE_DEFAULTS,
    ...said,
    resources: { ...NODE_DEFAULTS.resources, ...spec.resources },
    retry: { ...NODE_DEFAULTS.retry, ...spec.retry },
  };
}
