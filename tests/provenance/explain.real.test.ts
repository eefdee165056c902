import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeKey } from '../../core/key.js';
import type { Change, Explanation, RunManifest } from '../../client/provenance/index.js';
import { interrupt } from '../cli/harness.js';
import { LifeProject } from './life.js';

let project: LifeProject;
beforeAll(async () => {
  project = new LifeProject();
  const dev = await project.dev();
  await project.life('first');
  await project.life('second', 'by=2');
  // Only its layout and a comment change, then a constant in a file that one node imports.
  project.write('nodes/life/offset.ts', '/** Said otherwise. */\nexport   const offset =\n  0;\n');
  await dev.says(/reload|code/i, 20_000).catch(() => undefined);
  await interrupt(dev);
  project.write('nodes/life/offset.ts', 'export const offset = 3;\n');
  const again = await project.dev();
  await project.life('third', 'by=2');
  project.write('source.txt', '41');
  await project.life('fourth', 'by=2');
  await interrupt(again);
}, 180_000);
afterAll(() => project.remove());

const explain = (run: string, node: string): Promise<Explanation> => project.json('explain', run, node);
const parts = (changes: readonly Change[]): string[] =>
  changes.map(({ part, name }) => (name ? `${part} ${name}` : part));

it('says which parameter changed, with before and after, also with Temporal stopped', async () => {
  const { why, against, changes, identity, key } = await explain('second', 'life.add');
  expect([why, against?.run]).toEqual(['changed', 'first']);
  expect(changes).toEqual([{ part: 'params', name: 'by', before: '1', after: '2', details: [] }]);
  // The whole identity is on the record: the key can be computed from it.
  expect(nodeKey(identity as never)).toBe(key);
  const { all, code } = await project.run('explain', 'second', 'life.add');
  expect(code).toBe(0);
  expect(all).toMatch(/one part of its identity is not as in first[^]*parameter by[^]*before {2}1[^]*after {3}2/);
});

it('says where a found result came from, and that a source is read in every run', async () => {
  const found = await explain('second', 'life.roll');
  expect([found.why, found.madeBy?.run, found.changes]).toEqual(['found', 'first', []]);
  const source = await explain('second', 'life.read');
  expect([source.why, parts(source.changes)]).toEqual(['every run', ['lineage']]);
});

it('names the file behind a changed code hash, and nothing for a comment or layout', async () => {
  const { why, changes } = await explain('third', 'life.add');
  expect([why, parts(changes)]).toEqual(['changed', ['code']]);
  expect(changes[0]?.details).toEqual(['nodes/life/offset.ts changed']);
  expect((await explain('third', 'life.roll')).why).toBe('found');
});

it('names the input that changed, with its digests and who made them', async () => {
  const { changes } = await explain('fourth', 'life.roll');
  expect(parts(changes)).toEqual(['inputs to']);
  expect(changes[0]?.before).toMatch(/^sha256-/);
  expect(changes[0]?.details.join()).toMatch(/before: made by life.read in .*,after: {2}made by life.read in fourth/);
  expect(parts((await explain('fourth', 'life.sum')).changes)).toEqual([
    'inputs all[0]',
    'inputs all[1]',
    'inputs all[2]',
  ]);
});

it('offers the nearest for a call that is not there', async () => {
  const { code, err } = await project.run('explain', 'second', 'life.ad');
  expect([code, err]).toEqual([2, expect.stringContaining('did you mean "life.add"?')]);
});

it('has a manifest: code hashes, data, seeds, versions, machine', async () => {
  const manifest = await project.json<RunManifest>('manifest', 'second');
  expect(manifest).toMatchObject({ format: 'trainyard.manifest/1', run: 'second', pipeline: 'life', state: 'done' });
  expect(manifest.environment?.libraries).toMatchObject({
    node: process.versions.node,
    duckdb: expect.any(String) as string,
  });
  expect(manifest.environment?.machine.cores).toBeGreaterThan(0);
  expect(Object.keys(manifest.codes)).toEqual([
    'life.add',
    'life.fit',
    'life.read',
    'life.roll',
    'life.send',
    'life.shaky',
    'life.sum',
  ]);
  expect(manifest.codes['life.add']?.[0]?.files).toContainEqual(['nodes/life/offset.ts', expect.any(String)]);
  expect(manifest.data.map(({ from }) => from)).toEqual(['life.read']);
  expect(manifest.calls.find(({ node }) => node === 'life.roll')).toMatchObject({
    seed: 7,
    madeBy: 'first',
    device: 'cpu',
  });
});
