import { createServer, type AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import type { Ended } from './command.js';
import { STACK, TestProject } from './harness.js';

/** Says what is wrong with one code and one exit code, in words, leaving nothing behind. */
async function expectRefusal(project: TestProject, ended: Ended, code: number, name: string): Promise<void> {
  expect(ended.code, ended.all).toBe(code);
  expect(ended.err).toContain(`[${name}]`);
  expect(ended.err).toContain('to do:');
  expect(ended.all).not.toMatch(STACK);
  expect(await project.leftovers()).toEqual([]);
}

const CONFIG = (more: string): string =>
  `import { defineConfig } from 'trainyard';\nexport default defineConfig({ pipelines: ['./pipelines/*.ts'], plugins: ['./nodes/toy'], ${more} });\n`;

describe('bad input', { timeout: 120_000 }, () => {
  const projects: TestProject[] = [];
  const make = (config?: string): TestProject => {
    const project = new TestProject(config);
    projects.push(project);
    return project;
  };
  afterAll(async () => {
    for (const project of projects) await project.remove();
  });
  const project = make();

  it('an unknown pipeline: the nearest is offered', async () => {
    const ended = await project.run('run', 'slowy');
    await expectRefusal(project, ended, 2, 'TY-PIPELINE-UNKNOWN');
    expect(ended.err).toContain('did you mean "slowly"?');
  });

  it('no pipeline: those that there are', async () => {
    const ended = await project.run('run');
    await expectRefusal(project, ended, 2, 'TY-USAGE');
    expect(ended.err).toContain('toy');
  });

  it('an unknown parameter: the nearest is offered', async () => {
    const ended = await project.run('run', 'toy', '-p', 'cuont=3');
    await expectRefusal(project, ended, 2, 'TY-PARAM');
    expect(ended.err).toContain('did you mean "count"?');
  });

  it('a parameter of the wrong type: named, with what is expected', async () => {
    const ended = await project.run('run', 'toy', '-p', 'count=many');
    await expectRefusal(project, ended, 2, 'TY-PARAM');
    expect(ended.err).toMatch(/count: .*expected (number|int)/);
  });

  it('a parameter that is missing', async () => {
    const ended = await project.run('run', 'slowly');
    await expectRefusal(project, ended, 2, 'TY-PARAM');
    expect(ended.err).toContain('tag');
  });

  it('a parameter without a value, a seed that is none, a file of parameters that is not there or no JSON', async () => {
    await expectRefusal(project, await project.run('run', 'toy', '-p', 'count'), 2, 'TY-USAGE');
    await expectRefusal(project, await project.run('run', 'toy', '--seed', 'abc'), 2, 'TY-USAGE');
    const missing = await project.run('run', 'toy', '--params', 'nothing.json');
    await expectRefusal(project, missing, 2, 'TY-USAGE');
    expect(missing.err).toContain('nothing.json');
    project.write('list.json', '[1]');
    await expectRefusal(project, await project.run('run', 'toy', '--params', 'list.json'), 2, 'TY-USAGE');
    project.write('broken.json', '{"count": ');
    await expectRefusal(project, await project.run('run', 'toy', '--params', 'broken.json'), 2, 'TY-USAGE');
  });

  it('an unknown command or option: the nearest is offered, with exit code 2', async () => {
    const command = await project.run('rnu');
    expect(command.code).toBe(2);
    expect(command.err).toContain('Did you mean run?');
    const option = await project.run('runs', '--jsno');
    expect(option.code).toBe(2);
    expect(option.err).toContain('--json');
  });

  it('Temporal that is not there: said at once, for programs too', async () => {
    const ended = await project.run('run', 'toy');
    await expectRefusal(project, ended, 1, 'TY-TEMPORAL-AWAY');
    expect(ended.err).toContain('trainyard dev');
    const { error } = JSON.parse((await project.run('run', 'toy', '--json')).out) as { error: { code: string } };
    expect(error.code).toBe('TY-TEMPORAL-AWAY');
  });

  it('an unknown run, node, state', async () => {
    await expectRefusal(project, await project.run('show', 'nothing'), 2, 'TY-RUN-UNKNOWN');
    await expectRefusal(project, await project.run('graph', 'slowly'), 2, 'TY-RUN-UNKNOWN');
    const node = await project.run('plugins', 'toy.ad');
    await expectRefusal(project, node, 2, 'TY-NODE-UNKNOWN');
    expect(node.err).toContain('did you mean "toy.add"?');
    await expectRefusal(project, await project.run('runs', '--state', 'don'), 2, 'TY-USAGE');
  });

  it('a configuration with mistakes: a message per field', async () => {
    const wrong = make(CONFIG("pool: {}, temporal: { prot: 7233 }, server: { port: 'x' }"));
    const ended = await wrong.run('run', 'toy');
    await expectRefusal(wrong, ended, 1, 'TY-CONFIG');
    expect(ended.err).toContain('did you mean "pools"?');
    expect(ended.err).toContain('did you mean "port"?');
    expect(ended.err).toContain('server.port');
    await expectRefusal(wrong, await wrong.run('dev'), 1, 'TY-CONFIG');
  });

  it('no configuration: where it was looked for', async () => {
    const ended = await project.run('--config', '/', 'runs');
    await expectRefusal(project, ended, 1, 'TY-CONFIG-MISSING');
  });

  it('a pipeline that does not compile: its place', async () => {
    const broken = make();
    broken.write(
      'pipelines/broken.ts',
      "import { pipeline } from 'trainyard';\nexport default pipeline('broken', {}, async ( => 1);\n",
    );
    const ended = await broken.run('run', 'toy');
    await expectRefusal(broken, ended, 1, 'TY-CODE');
    expect(ended.err).toContain('broken.ts:2:');
  });

  it('a port in use: by whom', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
    const { port } = server.address() as AddressInfo;
    const temporal = make(CONFIG(`temporal: { port: ${port}, uiPort: 0 }, redis: { port: 0 }, server: { port: 0 }`));
    const first = await temporal.run('dev');
    await expectRefusal(temporal, first, 1, 'TY-PORT-IN-USE');
    expect(first.err).toContain(String(port));
    const pages = make(CONFIG(`temporal: { port: 0, uiPort: 0 }, redis: { port: 0 }, server: { port: ${port} }`));
    // Temporal and Valkey were started before: they must end too.
    await expectRefusal(pages, await pages.run('dev'), 1, 'TY-PORT-IN-USE');
    await new Promise((closed) => server.close(closed));
  });

  it('a worker that cannot start: why, in its own words', async () => {
    const broken = make();
    broken.write(
      'nodes/toy/worker.ts',
      `${broken.read('nodes/toy/worker.ts')}\nthrow new Error('no licence for this library');\n`,
    );
    const ended = await broken.run('dev');
    await expectRefusal(broken, ended, 1, 'TY-CODE');
    expect(ended.err).toContain('no licence for this library');
  });
});
