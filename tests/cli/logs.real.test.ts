import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import { startTemporal, type TemporalService } from '../../setup/index.js';
import { interrupt, TestProject } from './harness.js';

const SECRET = 'pa55word of the test';

let temporal: TemporalService;
let project: TestProject;

beforeAll(async () => {
  temporal = await startTemporal({ uiPort: false, searchAttributes: SEARCH_ATTRIBUTES });
  project = new TestProject(`import { defineConfig } from 'trainyard';
export default defineConfig({ name: 'logs', pipelines: ['./pipelines/*.ts'], plugins: ['./nodes/toy', './nodes/talks'],
  temporal: { address: '${temporal.address}' }, secrets: { token: { env: 'LOGS_TOKEN' } } });
`);
  mkdirSync(path.join(project.folder, 'nodes', 'talks'));
  project.write(
    'nodes/talks/index.ts',
    `import { z } from 'zod';
import { json, node } from 'trainyard';
const said = json(z.object({ attempt: z.number() }));
export const talk = node({ name: 'talks.talk', version: '1', params: z.object({}), inputs: {}, outputs: said,
  retry: { attempts: 2, initialInterval: 100 } });
export const briefly = node({ name: 'talks.briefly', version: '1', params: z.object({}), inputs: {}, outputs: said, light: true });
`,
  );
  project.write(
    'nodes/talks/worker.ts',
    `import { implement, TransientError } from 'trainyard/worker';
import { briefly, talk } from './index.js';
export const talkIt = implement(talk, ({ ctx }) => {
  const token = ctx.secret('token');
  ctx.log('logged with ' + token);
  console.log('printed with', JSON.stringify({ token }));
  if (ctx.attempt === 1) throw new TransientError('not with ' + token);
  return { value: { attempt: ctx.attempt } };
});
export const brieflyIt = implement(briefly, ({ ctx }) => {
  ctx.log('said briefly');
  return { value: { attempt: ctx.attempt } };
});
`,
  );
  project.write(
    'pipelines/talking.ts',
    `import { pipeline } from 'trainyard';
import { briefly, talk } from '../nodes/talks/index.js';
export default pipeline('talking', {}, async () => {
  await briefly({});
  return talk({});
});
`,
  );
});

afterAll(async () => {
  await project?.remove();
  await temporal?.stop();
});

interface Line {
  readonly level: string;
  readonly time: string;
  readonly process: string;
  readonly msg: string;
  readonly run?: string;
  readonly node?: string;
  readonly attempt?: number;
}

function linesOf(log: string): Line[] {
  const text = project.read(`.trainyard/logs/${log}`);
  expect(text).not.toContain(SECRET);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('the logs of a project', { timeout: 120_000 }, () => {
  it('are lines of JSON in which a node is found by run, name and attempt, without the values of secrets', async () => {
    const worker = project.start(['worker'], { LOGS_TOKEN: SECRET });
    await worker.says(/listens/);
    expect((await project.run('run', 'talking', '--id', 'talk-1', '--json')).out).toContain('"attempt":2');
    await interrupt(worker);
    const lines = linesOf('worker.log');
    for (const { level, time, process } of lines) {
      expect(['info', 'warn']).toContain(level);
      expect(new Date(time).toISOString()).toBe(time);
      expect(['worker', 'executor']).toContain(process);
    }
    const of = (node: string): string[] =>
      lines
        .filter((line) => line.run === 'talk-1' && line.node === node)
        .map(({ process, attempt, level, msg }) => `${process} ${attempt} ${level} ${msg.split('\n')[0]}`);
    expect(of('talks.briefly')).toEqual(['worker 1 info said briefly', 'worker 1 info computed']);
    const said = of('talks.talk');
    for (const attempt of [1, 2])
      expect(said).toEqual(
        expect.arrayContaining([
          `executor ${attempt} info logged with •••`,
          `executor ${attempt} info printed with {"token":"•••"}`,
        ]),
      );
    expect(said).toContainEqual(expect.stringMatching(/^worker 1 warn .*not with •••/));
    expect(said.at(-1)).toBe('worker 2 info computed');
  });

  it('have those of trainyard dev, of its server, and what a worker says when it dies', async () => {
    const dev = project.start(['dev', '--json'], { LOGS_TOKEN: SECRET });
    await dev.says(/\}\n/, 60_000);
    const { worker } = JSON.parse(
      dev
        .said()
        .split('\n')
        .find((line) => line.startsWith('{')) ?? '{}',
    ) as {
      worker: number;
    };
    process.kill(worker, 'SIGKILL');
    await dev.says(/is back/, 60_000);
    await interrupt(dev);
    const said = linesOf('dev.log').map(({ process, msg }) => `${process}: ${msg}`);
    expect(said).toContainEqual(expect.stringMatching(/^dev: Worker ended \(SIGKILL\); it is started again/));
    expect(linesOf('server.log').every(({ process }) => process === 'server')).toBe(true);
    linesOf('worker.log');
  });
});
