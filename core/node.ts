import { z } from 'zod';
import { TrainyardError } from '@trainyard/errors';
import { durationMs, sizeBytes } from './duration.js';
import type { Kind } from './kinds.js';
import { currentRuntime } from './runtime.js';
import type { Ports } from './wiring.js';
import type { AnyContract, CallOptions, Contract, NodeSpec } from './contract.js';

export type { AnyContract, CallOptions, Contract, NodeSpec, Resources, Retry } from './contract.js';

/** What holds where neither the contract nor the call says otherwise. */
export const NODE_DEFAULTS = {
  resources: { cpu: 1, gpu: 0 },
  retry: { attempts: 3, initialInterval: '1 second', maximumInterval: '1 minute' },
  timeout: '1 hour',
  seeded: false,
  tensorflow: false,
  effect: false,
  cache: true,
  notInKey: [],
  asks: [],
  light: false,
} as const satisfies Partial<AnyContract['spec']>;

const BRAND = Symbol.for('trainyard.contract');

/** The name under which the only output of a node stands in results and records. */
export const ONLY_OUTPUT = 'out';

/** Outputs by port name; a single kind stands under `out`. */
export function outputPorts(spec: Pick<AnyContract['spec'], 'outputs'>): Ports {
  return 'kind' in spec.outputs && typeof spec.outputs.kind === 'string'
    ? { [ONLY_OUTPUT]: spec.outputs as Kind }
    : (spec.outputs as Ports);
}

export function isContract(value: unknown): value is AnyContract {
  return typeof value === 'function' && BRAND in value;
}

/**
 * Declares a node: its name, version, parameters, ports and needs. Pure: no Node built-in, so that the Workflow
 * sandbox can load it. The implementation stands at the plugin's worker entry (`implement`).
 * Throws TY-CONFIG when the declaration contradicts itself.
 */
export function node<const N extends string, P extends z.ZodType, const I extends Ports, const O extends Ports | Kind>(
  spec: NodeSpec<N, P, I, O>,
): Contract<N, P, I, O> {
  checkSpec(spec);
  const call = (args: Readonly<Record<string, unknown>> = {}, options: CallOptions = {}): unknown => {
    const handles = currentRuntime(`node ${spec.name}`).call(contract as unknown as AnyContract, args, options);
    return ONLY_OUTPUT in outputPorts(spec) && 'kind' in spec.outputs ? handles[ONLY_OUTPUT] : handles;
  };
  const contract = Object.assign(call, { spec, [BRAND]: true });
  return contract as unknown as Contract<N, P, I, O>;
}

function checkSpec(spec: AnyContract['spec']): void {
  const wrong = (field: string, expected: string, actual: unknown): never => {
    throw new TrainyardError('TY-CONFIG', {
      what: `the contract of node "${spec.name}" is not valid`,
      where: { node: spec.name, field },
      expected,
      actual: String(actual),
    });
  };
  if (!/^[a-z][a-z0-9-]*(\.[a-z][a-zA-Z0-9-]*)+$/.test(spec.name))
    wrong('name', 'family.step, such as ingest.csv', spec.name);
  if (spec.timeout !== undefined && durationMs(spec.timeout) === undefined)
    wrong('timeout', "a duration such as '30 minutes'", spec.timeout);
  if (spec.queueTimeout !== undefined && durationMs(spec.queueTimeout) === undefined)
    wrong('queueTimeout', "a duration such as '5 minutes'", spec.queueTimeout);
  if (spec.resources?.memory !== undefined && sizeBytes(spec.resources.memory) === undefined)
    wrong('resources.memory', "a size such as '1GB'", spec.resources.memory);
  for (const [path, tolerance] of Object.entries(spec.reproducible?.metrics ?? {})) {
    if (!((path.split('.')[0] ?? '') in outputPorts(spec)) || !path.includes('.'))
      wrong('reproducible.metrics', `port.path, with a port of ${Object.keys(outputPorts(spec)).join(', ')}`, path);
    if (!(tolerance >= 0 && Number.isFinite(tolerance)))
      wrong(`reproducible.metrics.${path}`, 'a number of 0 or more', tolerance);
  }
  if (spec.readsOn && spec.inputs[spec.readsOn.since]?.arity !== 'optional')
    wrong('readsOn.since', 'an optional input', spec.readsOn.since);
  const sealed = Object.keys(spec.inputs).filter((port) => spec.inputs[port]?.kind.startsWith('sealed '));
  if (sealed.length > 0 && spec.opens !== 'sealed')
    wrong('opens', `'sealed', since its input "${sealed[0]}" is a sealed test set`, spec.opens);
  if (sealed.length === 0 && spec.opens !== undefined)
    wrong('opens', 'a sealed input, or no such permission', spec.opens);
  const shape = paramNames(spec);
  for (const port of Object.keys(spec.inputs))
    if (shape.includes(port)) wrong(`inputs.${port}`, 'a name that no parameter has', port);
  if (spec.continuesOver !== undefined && shape.length > 0 && !shape.includes(spec.continuesOver))
    wrong('continuesOver', `one of ${shape.join(', ')}`, spec.continuesOver);
  for (const name of spec.notInKey ?? [])
    if (!shape.includes(name)) wrong('notInKey', `one of ${shape.join(', ')}`, name);
}

/** Names of a contract's parameters; empty when its schema is no plain object. */
export function paramNames(spec: AnyContract['spec']): string[] {
  return spec.params instanceof z.ZodObject ? Object.keys(spec.params.shape as object) : [];
}
