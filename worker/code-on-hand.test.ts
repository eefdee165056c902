import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseConfig } from '../core/config.js';
import type { NodeCode } from '../project/codes.js';
import type { ProjectBase } from '../project/project.js';
import { CodeOnHand } from './code-on-hand.js';

const root = mkdtempSync(path.join(tmpdir(), 'trainyard-code-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const project: ProjectBase = {
  root,
  configFile: path.join(root, 'temporal.config.ts'),
  config: parseConfig({}, 'temporal.config.ts'),
  name: 'code',
  state: root,
  build: root,
};
const made: NodeCode = {
  node: 'toy.make',
  hash: 'a1',
  module: 'toy.js',
  exportName: 'make',
  source: 'toy.ts',
  parts: { files: [], packages: [] },
};

it('a call that comes before the code is known waits for it: a worker listens before it has looked at its code', async () => {
  const code = new CodeOnHand(project);
  const early = code.find('toy.make', 'a1');
  code.use(new Map([['toy.make', made]]));
  expect(await early).toBe(made);
});

it('a call with other code is refused, and says both', async () => {
  const code = new CodeOnHand(project);
  code.use(new Map([['toy.make', made]]));
  await expect(code.find('toy.make', 'b2')).rejects.toMatchObject({ code: 'TY-CODE-GONE', actual: 'code a1' });
});
