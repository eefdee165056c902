import { NODE_DEFAULTS } from '../../core/node.js';
import type { Ports } from '../../core/wiring.js';
import { fieldTable } from '../field-table.js';
import { fieldsOf, givenFieldsOf } from '../schema-fields.js';
import { colours } from '../terminal.js';
import { sayPort, type Part } from './catalogue.js';

/** One part with everything that may be said to it, and everything that it gives. */
export function inFull(part: Part): string {
  const { name, title, inputs, outputs, params } = part;
  const facts: [string, string][] = [
    ['inputs', sayPorts(inputs) || 'none'],
    ['outputs', sayPorts(outputs)],
    ...(part.part === 'node' ? nodeFacts(part.spec) : [['calls', part.nodes.join(', ')] as [string, string]]),
  ];
  const version = part.part === 'node' ? ` version ${part.spec.version}` : ', a function of several nodes';
  const fields = fieldsOf(params);
  return [
    `${colours.bold(name)}${version}${title ? `: ${title}` : ''}`,
    ...facts.map(([fact, value]) => `  ${colours.dim(fact.padEnd(9))}  ${value}`),
    '',
    fields.length === 0 ? '  takes no parameters' : fieldTable('parameter', fields),
    ...Object.entries(outputs).flatMap(([port, kind]) => {
      const given = kind.schema ? givenFieldsOf(kind.schema) : [];
      return given.length === 0 ? [] : ['', fieldTable(`${port} holds`, given, 'given')];
    }),
  ].join('\n');
}

function nodeFacts(spec: (Part & { part: 'node' })['spec']): [string, string][] {
  const { cpu = NODE_DEFAULTS.resources.cpu, memory, gpu, labels } = spec.resources ?? {};
  const needs = [
    `${cpu} cpu`,
    ...(memory === undefined ? [] : [memory]),
    ...(gpu ? [`${gpu} gpu`] : []),
    ...Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`),
  ];
  const traits = [
    ...(spec.opens ? ['opens sealed test sets, on the record'] : []),
    ...(spec.seeded ? ['draws random numbers from a seed'] : []),
    ...(spec.tensorflow ? ['computes with TensorFlow'] : []),
    ...(spec.effect ? ['changes the world: once per lineage of runs'] : []),
    ...(spec.cache === false ? ['never found, always computed'] : []),
    ...(spec.light ? ['light: runs in the worker itself'] : []),
    ...(spec.continuesOver ? [`goes on from fewer ${spec.continuesOver}`] : []),
    ...(spec.notInKey?.length ? [`${spec.notInKey.join(', ')} in no key`] : []),
    ...(spec.reproducible ? ['gives the same figures within bounds, not the same bytes'] : []),
  ];
  return [
    ['resources', needs.join(', ')],
    ['attempts', String(spec.retry?.attempts ?? NODE_DEFAULTS.retry.attempts)],
    ['timeout', String(spec.timeout ?? NODE_DEFAULTS.timeout)],
    ...(spec.queueTimeout === undefined ? [] : [['waits', String(spec.queueTimeout)] as [string, string]]),
    ...(traits.length === 0 ? [] : [['about', traits.join('; ')] as [string, string]]),
  ];
}

function sayPorts(of: Ports): string {
  return Object.entries(of)
    .map(([name, kind]) => `${name} (${sayPort(kind)})`)
    .join(', ');
}
