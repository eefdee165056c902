import type { Kind } from '../../core/kinds.js';
import { NODE_DEFAULTS } from '../../core/node.js';
import type { Ports } from '../../core/wiring.js';
import { jsonSchemaOf } from '../schema-fields.js';
import type { Part } from './catalogue.js';

/** A node's or a function's contract as JSON. */
export function contractRecord(part: Part): object {
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
    readsOn: null,
    ...NODE_DEFAULTS,
    ...said,
    resources: { ...NODE_DEFAULTS.resources, ...spec.resources },
    retry: { ...NODE_DEFAULTS.retry, ...spec.retry },
  };
}
