import { existsSync } from 'node:fs';
import path from 'node:path';
import { files, read, root } from './tree.js';

/** What a test file needs beyond the packages of `npm ci`: servers, a native library, a browser, npm itself. */
const REAL: readonly { readonly module: RegExp; readonly names?: RegExp }[] = [
  { module: /^@temporalio\/(worker|testing)$/ },
  { module: /^(playwright-core|@sparticuz\/chromium)$/ },
  { module: /^setup\/(index|setup|temporal|valkey|chromium|tensorflow[a-z-]*)\.ts$/ },
  { module: /^server\/index\.ts$/, names: /\blisten\b/ },
  // A project with the command, or a package as npm packs it.
  { module: /^tests\/(cli\/harness|package\/packed|demo\/[a-z]+-project)\.ts$/ },
];

/** Which real parts a test file uses, itself or through what lies beside it only for tests. */
export function realPartsOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  return [...read(file).matchAll(/^(?:import|export)\s(?!type\s)(?:([^'"]*)\bfrom\s)?['"]([^'"]+)['"]/gm)].flatMap(
    ([, names = '', specifier = '']) => {
      const module = specifier.startsWith('.') ? source(path.join(path.dirname(file), specifier)) : specifier;
      if (REAL.some((one) => one.module.test(module) && (one.names?.test(names) ?? true))) return [module];
      return isForTests(module) ? realPartsOf(module, seen) : [];
    },
  );
}

const source = (file: string): string => file.replace(/\.js$/, '.ts');

function isForTests(module: string): boolean {
  return (/^tests\//.test(module) || /\.test-part\.ts$/.test(module)) && existsSync(path.join(root, module));
}

export const testFiles = files.filter((name) => name.endsWith('.test.ts'));
