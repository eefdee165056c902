import { pathToFileURL } from 'node:url';
import { isImplementation } from '../worker/implement.js';

/** Loads worker modules in this process and prints which nodes each export implements. */
const modules = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
const found: Record<string, { exportName: string; node: string }[]> = {};
for (const [plugin, file] of Object.entries(modules)) {
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  found[plugin] = Object.entries(module)
    .filter(([, value]) => isImplementation(value))
    .map(([exportName, value]) => ({ exportName, node: isImplementation(value) ? value.contract.spec.name : '' }));
}
process.stdout.write(`\n${JSON.stringify(found)}\n`, () => process.exit(0));
