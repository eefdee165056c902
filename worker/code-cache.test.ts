import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseConfig } from '../core/config.js';
import type { NodeCode } from '../project/codes.js';
import type { ProjectBase } from '../project/project.js';
import { CodeOnHand } from './code-cache.js';

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

it('former code is found with the parts that open what it takes, each with the packages beside it, or not at all', async () => {
  const write = (file: string, text: string): string => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
    return path.join(root, file);
  };
  write('plugin/node_modules/booster/package.json', '{ "name": "booster", "version": "2.0.0" }');
  const kind = {
    part: 'model kind',
    name: 'boosted',
    exportName: 'boosted',
    source: path.join(root, 'plugin/parts.ts'),
  };
  const former = (hash: string, version: string, module: string): NodeCode => ({
    ...made,
    hash,
    module: write('toy.mjs', ''),
    source: path.join(root, 'elsewhere', 'toy.ts'),
    opens: [{ ...kind, module }],
    parts: { files: [], packages: [['booster', version]] },
  });
  const keep = (code: NodeCode) => write(`code-toy.make-${code.hash}.json`, JSON.stringify(code));
  const parts = write('parts.mjs', '');
  keep(former('c1', '2.0.0', parts));
  keep(former('c2', '1.0.0', parts));
  keep(former('c3', '2.0.0', path.join(root, 'gone.mjs')));
  const code = new CodeOnHand(project);
  code.use(new Map());
  expect(await code.find('toy.make', 'c1')).toMatchObject({ opens: [{ name: 'boosted' }] });
  await expect(code.find('toy.make', 'c2')).rejects.toThrow(/booster 1\.0\.0/);
  await expect(code.find('toy.make', 'c3')).rejects.toMatchObject({ code: 'TY-CODE-GONE' });
});
