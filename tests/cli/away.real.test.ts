import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startTemporal } from '../../setup/index.js';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import { interrupt, STACK, TestProject } from './harness.js';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('parts that go away in the middle', { timeout: 240_000 }, () => {
  const projects: TestProject[] = [];
  const make = (config?: string): TestProject => {
    const project = new TestProject(config);
    projects.push(project);
    return project;
  };
  afterAll(async () => {
    for (const project of projects) await project.remove();
  });

  it('Temporal, Valkey and the worker, each killed with -9 under a run: all come back, the run is followed to its end', async () => {
    const project = make();
    const dev = await project.dev();
    const { temporal, redis } = project.addresses();
    const run = project.start(['run', 'slowly', '-p', 'tag=x', '-p', 'steps=14', '-p', 'ms=500', '--id', 'tough']);
    await run.says(/run tough/);
    await sleep(2_000);
    process.kill(project.pidOf(/temporal server start-dev/), 'SIGKILL');
    process.kill(project.pidOf(/valkey-server/), 'SIGKILL');
    await dev.says(/Temporal ended \(SIGKILL\); it is started again on the same data/);
    await dev.says(new RegExp(`Temporal is back at ${temporal}`));
    await dev.says(/Valkey ended \(SIGKILL\)/);
    await dev.says(/Valkey is back at/);
    process.kill(project.pidOf(/worker\/main\.js/), 'SIGKILL');
    await dev.says(/Worker +ended \(SIGKILL\); it is started again/);
    await dev.says(/Worker +is back: process \d+/);
    const ended = await run.ended;
    expect(ended.code, ended.all).toBe(0);
    expect(ended.out).toMatch(/done in .*2 done/);
    expect(ended.all).not.toMatch(STACK);
    expect(project.addresses()).toMatchObject({ temporal, redis });
    // Where the server says that it wrote its faults.
    expect(project.read('.trainyard/logs/server.log')).toContain('Server listening');
    const end = await interrupt(dev);
    expect(end.code, end.all).toBe(0);
    expect(end.all).not.toMatch(STACK);
    expect(await project.leftovers()).toEqual([]);
  });

  it('no worker at all, and then no Temporal: said as a warning, and the run waits for both', async () => {
    const project = make();
    const data = { dbFile: path.join(project.folder, 'temporal.db'), searchAttributes: SEARCH_ATTRIBUTES };
    let temporal = await startTemporal(data);
    try {
      project.write(
        'temporal.config.ts',
        `import { defineConfig } from 'trainyard';
export default defineConfig({
  pipelines: ['./pipelines/*.ts'], plugins: ['./nodes/toy'], temporal: { address: '${temporal.address}' },
});
`,
      );
      const run = project.start(['run', 'slowly', '-p', 'tag=z', '-p', 'ms=500', '--json', '--id', 'waits']);
      await run.says(/no worker listens for this run; it waits\n.*to do: .*\n.*\[TY-WORKER-NONE\]/);
      const worker = project.start(['worker']);
      await worker.says(/worker \S+ listens: pools cpu, pipelines/);
      await run.says(/the run goes on/);
      await temporal.stop();
      await run.says(/Temporal does not answer; it is asked again/);
      expect((await project.run('run', 'toy')).err).toContain('[TY-TEMPORAL-AWAY]');
      temporal = await startTemporal({ ...data, port: temporal.port });
      await run.says(/Temporal answers again/);
      const ended = await run.ended;
      expect(ended.code, ended.all).toBe(0);
      expect(ended.all).not.toMatch(STACK);
      expect(JSON.parse(ended.out)).toMatchObject({ outcome: 'done' });
      const end = await interrupt(worker);
      expect(end.code, end.all).toBe(0);
    } finally {
      await temporal.stop();
    }
    expect(await project.leftovers()).toEqual([]);
  });

  it.each([50, 400, 1_000, 1_800, 2_600, 3_500])(
    'Ctrl-C %i ms after the start of dev: nothing is left running',
    async (ms) => {
      const project = make();
      const dev = project.start(['dev']);
      await sleep(ms);
      const ended = await interrupt(dev);
      // 0 when it was ready already, null when Node itself ended it before our code ran.
      expect([0, 130, null], ended.all).toContain(ended.code);
      expect(ended.all).not.toMatch(STACK);
      expect(await project.leftovers()).toEqual([]);
    },
  );

  it('dev killed with -9: its servers, worker and executors end by themselves, and the next dev goes on', async () => {
    const project = make();
    const dev = await project.dev();
    const run = await project.run('run', 'slowly', '-p', 'tag=y', '-p', 'ms=300', '--detach', '--id', 'orphan');
    expect(run.code, run.all).toBe(0);
    await sleep(1_000);
    dev.child.kill('SIGKILL');
    await dev.ended;
    expect(await project.leftovers(20_000)).toEqual([]);
    const shown = await project.run('show', 'orphan');
    expect(shown.code, shown.all).toBe(0);
    expect(shown.err).toContain('Temporal does not answer');
    const again = await project.dev();
    const follow = await project.run('show', 'orphan', '--follow');
    expect(follow.code, follow.all).toBe(0);
    expect(follow.out).toMatch(/done in/);
    await interrupt(again);
    expect(await project.leftovers()).toEqual([]);
  });
});
