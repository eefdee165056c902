import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DurableProcess } from '../../client/process.js';
import { FileStore } from '../../store/index.js';
import { processCases, type ProcessExample } from '../../worker/testing/index.js';
import { STACK, TestProject } from '../cli/harness.js';
import { buildPlugin } from './packed.js';

const config = `import { defineConfig } from 'trainyard';
export default defineConfig({
  pipelines: ['./pipelines/release.ts'],
  plugins: ['trainyard-plugin-countersign'],
  pools: { cpu: { slots: 2 } },
  temporal: { port: 0, uiPort: 0 },
  redis: { port: 0 },
  server: { port: 0 },
});
`;
const release = `import { pipeline } from 'trainyard';
import { countersign } from 'trainyard-plugin-countersign';
export default pipeline('release', {}, async () => {
  const { signatures, receipt } = await countersign('release', { question: 'Ship <it>?', people: 3 });
  return { by: signatures.map(({ by }) => by), receipt };
});
`;
const PLUGIN = path.join('node_modules', 'trainyard-plugin-countersign');
const ID = 'shipped/release';

/** What an author outside publishes, as its users meet it. */
describe('a durable process of a package of its own', { timeout: 240_000 }, () => {
  const project = new TestProject(config);
  let connection: Connection;
  let temporal: Client;
  let answered: Promise<{ code: number | null; out: string; all: string }>;
  beforeAll(async () => {
    mkdirSync(path.join(project.folder, PLUGIN), { recursive: true });
    await buildPlugin(path.join(project.folder, PLUGIN), 'countersign-plugin');
    project.write('pipelines/release.ts', release);
    await project.dev();
    connection = await Connection.connect({ address: project.addresses().temporal });
    temporal = new Client({ connection });
    answered = project.start(['run', 'release', '--id', 'shipped', '--json']).ended;
  }, 240_000);
  afterAll(async () => {
    await connection?.close();
    await project.remove();
  });

  type Sheet = { question: string; people: number; signatures: { by: string }[] };
  const sheet = (): Promise<Sheet> => temporal.workflow.getHandle(ID).query<Sheet>('state');
  const sign = (by: string): Promise<unknown> =>
    temporal.workflow.getHandle(ID).executeUpdate('sign', { args: [{ by, why: 'it is good' }] });
  const signers = async (): Promise<string[]> => (await sheet()).signatures.map(({ by }) => by);
  const patiently = { timeout: 90_000, interval: 500 };

  it('keeps what every durable process must promise', async () => {
    const parts = (await import(pathToFileURL(path.join(project.folder, PLUGIN, 'dist', 'parts.js')).href)) as {
      countersignProcess: DurableProcess;
    };
    const run = { id: 'r', lineage: 'r', pipeline: 'release', seed: 0, cause: null };
    const args = { params: { question: 'Ship it?', people: 4 }, inputs: {} };
    const steps = ['ann', 'bob', 'cat', 'dan'].map(
      (by) => (handle: WorkflowHandle) => handle.executeUpdate('sign', { args: [{ by, why: '' }] }),
    );
    const input = () => ({ args, run, name: 'release', scope: 'release' });
    const example: ProcessExample = {
      process: parts.countersignProcess,
      input,
      continuing: () => ({ ...input(), continueAfter: 12 }),
      steps,
      gave: (result) => expect((result as { signatures: unknown[] }).signatures).toHaveLength(4),
    };
    const store = new FileStore(path.join(project.folder, 'store-of-cases'));
    const client = { temporal, namespace: 'default', taskQueue: 'cases', store, close: async () => undefined };
    const { temporal: address } = project.addresses();
    for (const one of processCases)
      if (one.applies(example)) await one.run(example, { address, services: { client, store } });
  });

  it('stands in the catalogue with the package that brings it, beside those of Trainyard', async () => {
    const { out, code, all } = await project.run('plugins', '--json');
    expect(code, all).toBe(0);
    const { parts } = JSON.parse(out) as { parts: { part: string; name: string; package: string }[] };
    const processes = parts.filter(({ part }) => part === 'process').map(({ name, package: from }) => [name, from]);
    expect(processes).toEqual([
      ['backfill', 'trainyard'],
      ['countersign', 'trainyard-plugin-countersign'],
      ['label-review', 'trainyard'],
      ['model-registry', 'trainyard'],
      ['monitor', 'trainyard'],
      ['study', 'trainyard'],
      ['trigger', 'trainyard'],
    ]);
  });

  it('is waited for by a run, which shows how far it is and that people are asked', async () => {
    await vi.waitFor(() => sign('ann'), patiently);
    await expect(sign('ann')).rejects.toThrow();
    const page = `${project.addresses().server}/runs/shipped`;
    await expect.poll(async () => (await fetch(page)).text(), patiently).toContain('1 of 3 signed');
    const text = await (await fetch(page)).text();
    expect(text).toContain('Waits for a person');
    expect(text).toContain('Waits until so many people have signed');
    expect(text).toMatch(/Signatures[\s\S]*Ship &lt;it&gt;\?[\s\S]*ann: it is good/);
  });

  it('was lost in no SIGKILL of its worker: a new one has what was signed, and takes what comes', async () => {
    const worker = project.pidOf(/worker\/main\.js/);
    process.kill(worker, 'SIGKILL');
    await expect.poll(() => project.pidOf(/worker\/main\.js/), patiently).not.toBe(worker);
    await expect.poll(signers, patiently).toEqual(['ann']);
    await vi.waitFor(() => sign('bob'), patiently);
    expect(await signers()).toEqual(['ann', 'bob']);
  });

  it('has a command of its own, with help, checked options and JSON; a word that nobody knows stays unknown', async () => {
    const shown = await project.run('countersign', ID);
    expect(shown.code, shown.all).toBe(0);
    expect(shown.out).toMatch(/Ship <it>\? 2 of 3\n\s+ann: it is good\n\s+bob: it is good/);
    const help = await project.run('countersign', '--help');
    expect(help.out).toMatch(/<sheet>[\s\S]*--by <value>\s+who signs[\s\S]*--json/);
    const twice = await project.run('countersign', ID, '--by', 'ann', '--json');
    expect(twice.code, twice.all).toBe(2);
    expect(twice.all).toContain('ann has signed already');
    expect(twice.all).not.toMatch(STACK);
    const empty = await project.run('countersign', ID, '--by', '');
    expect(empty.code, empty.all).toBe(2);
    expect(empty.all).toContain('trainyard countersign --help');
    const unknown = await project.run('countersing', ID);
    expect(unknown.code).toBe(2);
    expect(unknown.all).toMatch(/unknown command 'countersing'[\s\S]*Did you mean countersign\?/);
  });

  it('moves on to its newer code with what it knows', async () => {
    const file = path.join(PLUGIN, 'dist', 'workflow.js');
    const edited = project.read(file).replace('({ question, people,', '({ question: `${question} (edited)`, people,');
    expect(edited).toContain('(edited)');
    project.write(file, edited);
    await expect.poll(async () => (await sheet()).question, patiently).toBe('Ship <it>? (edited)');
    expect(await signers()).toEqual(['ann', 'bob']);
  });

  it('gives the run what its people said, and is taken as given where the run is repeated', async () => {
    await sign('cat');
    const { code, out, all } = await answered;
    expect(code, all).toBe(0);
    const { result } = JSON.parse(out) as { result: { by: string[]; receipt: string } };
    expect(result).toMatchObject({ by: ['ann', 'bob', 'cat'] });
    expect(result.receipt).toMatch(/^[0-9a-f]{64}$/);
    const text = await (await fetch(`${project.addresses().server}/runs/shipped`)).text();
    for (const by of ['ann', 'bob', 'cat']) expect(text).toContain(`${by}: it is good`);
    const verified = await project.run('verify', 'shipped');
    expect(verified.code, verified.all).toBe(0);
    expect(verified.all).not.toMatch(STACK);
  });
});
