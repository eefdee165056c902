import { pathToFileURL } from 'node:url';
import type { Json } from '../core/json.js';
import { isPart, type PartFacts } from '../core/part.js';
import { isImplementation, type Implementation } from '../core/implementation.js';
import type { NodeCode } from './code-types.js';
import type { Exported } from './exported.js';

/** Loads worker modules in this process and prints which node each export implements, or which part it is. */
const modules = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
const found: Record<string, Exported[]> = {};
for (const [plugin, file] of Object.entries(modules)) {
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  found[plugin] = Object.entries(module).flatMap(([exportName, value]): (typeof found)[string] => {
    if (isImplementation(value)) return [{ exportName, node: value.contract.spec.name, program: programOf(value) }];
    if (!isPart(value)) return [];
    const { part, name, title, opens, facts, command } = value;
    // JSON leaves out what is undefined.
    return [{ exportName, brings: { part, name, title, opens, facts, command } as PartFacts }];
  });
}

/** The program of an implementation, where it is made of more than its module. */
function programOf({ runtime, program }: Implementation): NodeCode['program'] {
  return runtime.place && { runtime: runtime.name, said: program as Json };
}

process.stdout.write(`\n${JSON.stringify(found)}\n`, () => process.exit(0));
