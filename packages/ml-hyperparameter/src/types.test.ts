import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';

it('types follow from the space: types.check.ts compiles, each expected error included', () => {
  const here = dirname(fileURLToPath(import.meta.url));
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'lib', 'tsc.js');
  execFileSync(process.execPath, [compiler, '-p', join(here, '..', 'tsconfig.check.json')], { stdio: 'pipe' });
});
