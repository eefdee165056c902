import { pathToFileURL } from 'node:url';
import { isPart, type PartFacts } from '../core/part.js';
import { isImplementation } from '../core/implement.js';

/** Loads worker modules in this process and prints which node each export implements, or which part it is. */
const modules = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
const found: Record<string, { exportName: string; node?: string; brings?: PartFacts }[]> = {};
for (const [plugin, file] of Object.entries(modules)) {
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  found[plugin] = Object.entries(module).flatMap(([exportName, value]): (typeof found)[string] => {
    if (isImplementation(value)) return [{ exportName, node: value.contract.spec.name }];
    if (!isPart(value)) return [];
    const { part, name, title, opens, facts, command } = value;
    // JSON leaves out what is undefined.
    return [{ exportName, brings: { part, name, title, opens, facts, command } as PartFacts }];
  });
}
process.stdout.write(`\n${JSON.stringify(found)}\n`, () => process.exit(0));
