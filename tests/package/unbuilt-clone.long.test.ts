import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Clone } from './clone.js';

test('in a clone that nobody has built, npx trainyard builds it first, and says so', async () => {
  using clone = new Clone({ built: false });
  expect(existsSync(clone.path('dist'))).toBe(false);
  const { stdout, stderr } = await clone.trainyard('plugins', '--json');
  expect(stderr).toContain('build: compiling to dist/');
  expect(stdout).toContain('flaws.corrupt');
  const again = await clone.trainyard('plugins', '--json');
  expect(again.stderr).not.toContain('build:');
  expect(again.stdout).toBe(stdout);
}, 600_000);
