import type { PartFacts } from '../../core/part.js';
import type { Ports } from '../../core/wiring.js';
import { pluginCodes } from '../../project/codes.js';
import { loadProject, type Project } from '../../project/project.js';
import { colours, print, printJson, table } from '../terminal.js';
import { partsNamed, partsOf, type Part } from './catalogue.js';
import { inFull } from './in-full.js';
import { contractRecord } from './contract-record.js';

/** Something that a plugin brings: a node or a function with its contract, or another part with its facts. */
type Listed = (Part | PartFacts) & {
  /** The package or folder that the configuration names, or `trainyard`. */
  readonly package: string;
  readonly plugin: string;
};

/** `trainyard plugins`: everything that plugins bring, by what it is, with the package that it comes with; or one in full. */
export async function printPlugins(config: string | undefined, name: string | undefined, json: boolean): Promise<void> {
  const all = await listed(await loadProject(config));
  const chosen = name === undefined ? all : partsNamed(all, name);
  if (json) return printJson({ parts: chosen.map(recordOf) });
  const [only] = chosen;
  if (only?.name === name && only) return print('params' in only ? inFull(only) : factsInFull(only));
  const rows = chosen.map((part) => [part.part, part.name, ...portsOf(part), part.package, titleOf(part)]);
  print(table(['part', 'name', 'inputs', 'outputs', 'package', 'title'], rows, { most: 60, whole: true }));
  print(colours.dim('\ntrainyard plugins NAME shows one in full'));
}

async function listed(project: Project): Promise<Listed[]> {
  const { brought } = await pluginCodes(project);
  const all = project.plugins.flatMap((one): Listed[] => {
    const from = { package: one.builtIn ? 'trainyard' : one.name, plugin: one.name };
    const contracts = new Map(one.contracts.map((contract) => [contract.spec.name, contract]));
    return [
      ...partsOf({ contracts, plugins: [one] }).map((part) => ({ ...part, ...from })),
      ...brought.filter(({ plugin }) => plugin === one.name).map(({ brings }) => ({ ...brings, ...from })),
    ];
  });
  return all.sort((a, b) => compare(a.part, b.part) || compare(a.name, b.name));
}

function titleOf(part: Listed): string {
  const title = part.title ?? '';
  return 'nodes' in part ? `${title} (${part.nodes.join(', ')})` : title;
}

function portsOf(part: Listed): [inputs: string, outputs: string] {
  return 'params' in part ? [sayPorts(part.inputs), sayPorts(part.outputs)] : ['', ''];
}

function sayPorts(of: Ports): string {
  return Object.entries(of)
    .map(([name, kind]) =>
      name === 'out' ? kind.kind : `${name}${kind.arity === 'optional' ? '?' : kind.arity === 'many' ? '[]' : ''}`,
    )
    .join(', ');
}

/** A part that is no node: what shared code knows of it. */
function factsInFull(part: Exclude<Listed, Part>): string {
  const { name, title, part: sort, package: from, facts = {}, command, opens } = part;
  const { workflow: _, ...said } = facts;
  const lines: [string, string][] = [
    ['package', from],
    ...(opens === undefined ? [] : [['opens', opens] as [string, string]]),
    ...Object.entries(said).map(([fact, value]): [string, string] => [fact, String(value)]),
    ...(command === undefined ? [] : [['command', `trainyard ${command}`] as [string, string]]),
  ];
  return [
    `${colours.bold(name)}, a ${sort}: ${title}`,
    ...lines.map(([fact, value]) => `  ${colours.dim(fact.padEnd(9))}  ${value}`),
  ].join('\n');
}

function recordOf(listed: Listed): object {
  const { package: from, plugin, ...part } = listed;
  if ('params' in part) return { ...contractRecord(part), package: from, plugin };
  // Where a Workflow lies is this machine's.
  const { workflow: _, ...facts } = part.facts ?? {};
  return { ...part, ...(part.facts === undefined ? {} : { facts }), package: from, plugin };
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
