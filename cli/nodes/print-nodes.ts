import { TrainyardError } from '../../core/errors/index.js';
import type { Kind } from '../../core/kinds.js';
import { sayNearest } from '../../core/nearest.js';
import { outputPorts, type AnyContract } from '../../core/node.js';
import { loadProject } from '../../project/project.js';
import { fieldsOf, jsonSchemaOf } from '../schema-fields.js';
import { colours, print, printJson, table } from '../terminal.js';

/** `trainyard nodes`: all nodes of the project and of Trainyard itself, or one in full. */
export async function printNodes(config: string | undefined, name: string | undefined, json: boolean): Promise<void> {
  const contracts = [...(await loadProject(config)).contracts.values()].sort((a, b) =>
    a.spec.name < b.spec.name ? -1 : 1,
  );
  const chosen = choose(contracts, name);
  if (json) return printJson({ nodes: chosen.map(recordOf) });
  if (name !== undefined && chosen.length === 1 && chosen[0]) return print(inFull(chosen[0]));
  const rows = chosen.map(({ spec }) => [spec.name, ports(spec.inputs), ports(outputPorts(spec)), spec.title ?? '']);
  print(table(['node', 'inputs', 'outputs', 'title'], rows, { most: 72 }));
  print(colours.dim('\ntrainyard nodes NAME shows one in full'));
}

function choose(contracts: readonly AnyContract[], name: string | undefined): readonly AnyContract[] {
  if (name === undefined) return contracts;
  const exact = contracts.filter(({ spec }) => spec.name === name);
  if (exact.length > 0) return exact;
  const family = contracts.filter(({ spec }) => spec.name.startsWith(`${name}.`));
  if (family.length > 0) return family;
  throw new TrainyardError('TY-NODE-UNKNOWN', {
    what: `there is no node "${name}"; ${sayNearest(
      name,
      contracts.map(({ spec }) => spec.name),
    )}`,
  });
}

function inFull({ spec }: AnyContract): string {
  const rows = fieldsOf(spec.params).map((field) => [
    `  ${field.name}`,
    field.type,
    field.required ? 'required' : (field.byDefault ?? 'optional'),
    field.description ?? '',
  ]);
  const { cpu = 1, memory, gpu, labels } = spec.resources ?? {};
  const needs = [
    `${cpu} cpu`,
    ...(memory === undefined ? [] : [memory]),
    ...(gpu ? [`${gpu} gpu`] : []),
    ...Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`),
  ];
  const traits = [
    ...(spec.seeded ? ['draws random numbers from a seed'] : []),
    ...(spec.tensorflow ? ['computes with TensorFlow'] : []),
    ...(spec.effect ? ['changes the world: once per lineage of runs'] : []),
    ...(spec.cache === false ? ['never found, always computed'] : []),
    ...(spec.light ? ['light: runs in the worker itself'] : []),
  ];
  const facts: [string, string][] = [
    ['inputs', portLines(spec.inputs) || 'none'],
    ['outputs', portLines(outputPorts(spec))],
    ['resources', needs.join(', ')],
    ['attempts', String(spec.retry?.attempts ?? 3)],
    ['timeout', String(spec.timeout ?? '1 hour')],
    ...(traits.length === 0 ? [] : [['about', traits.join('; ')] as [string, string]]),
  ];
  return [
    `${colours.bold(spec.name)} version ${spec.version}${spec.title ? `: ${spec.title}` : ''}`,
    ...facts.map(([name, value]) => `  ${colours.dim(name.padEnd(9))}  ${value}`),
    '',
    rows.length === 0 ? '  takes no parameters' : table(['  parameter', 'type', 'default', ''], rows),
  ].join('\n');
}

function sayPort(kind: Kind): string {
  return kind.arity === 'many'
    ? `list of ${kind.kind}`
    : kind.arity === 'optional'
      ? `${kind.kind}, optional`
      : kind.kind;
}

function ports(of: Readonly<Record<string, Kind>>): string {
  return Object.entries(of)
    .map(([name, kind]) =>
      name === 'out' ? kind.kind : `${name}${kind.arity === 'optional' ? '?' : kind.arity === 'many' ? '[]' : ''}`,
    )
    .join(', ');
}

function portLines(of: Readonly<Record<string, Kind>>): string {
  return Object.entries(of)
    .map(([name, kind]) => `${name} (${sayPort(kind)})`)
    .join(', ');
}

function recordOf({ spec }: AnyContract): object {
  const port = (kind: Kind): object => ({ kind: kind.kind, arity: kind.arity ?? 'one' });
  const portsOf = (of: Readonly<Record<string, Kind>>): object =>
    Object.fromEntries(Object.entries(of).map(([name, kind]) => [name, port(kind)]));
  return {
    name: spec.name,
    version: spec.version,
    title: spec.title ?? null,
    params: jsonSchemaOf(spec.params),
    inputs: portsOf(spec.inputs),
    outputs: portsOf(outputPorts(spec)),
    resources: { cpu: 1, ...spec.resources },
    retry: { attempts: 3, ...spec.retry },
    timeout: spec.timeout ?? '1 hour',
    seeded: spec.seeded ?? false,
    tensorflow: spec.tensorflow ?? false,
    effect: spec.effect ?? false,
    cache: spec.cache ?? true,
    light: spec.light ?? false,
  };
}
