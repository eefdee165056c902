import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STACK, TestProject } from '../cli/harness.js';

const PIPELINE = 'pipelines/edited.ts';

/** A pipeline that says which edit of it ran. */
const pipelineOf = (edit: number, more = ''): string =>
  `${more}
import { pipeline } from 'trainyard';
import { make } from '../nodes/toy/index.js';
import table from './table.json';
export default pipeline('edited', {}, () => make({ n: ${edit} * 100 + table.n }));
`;

/** As a person does: edit, then run at once, while `trainyard dev` takes up the edit. */
describe('what runs is what is on the disk', { timeout: 120_000 }, () => {
  const project = new TestProject();
  beforeAll(async () => {
    project.write('pipelines/table.json', '{ "n": 1 }');
    project.write(PIPELINE, pipelineOf(1));
    await project.dev();
  }, 180_000);
  afterAll(() => project.remove());

  const run = async (): Promise<number> => {
    const ended = await project.run('run', 'edited', '--json');
    expect(ended.code, ended.all).toBe(0);
    return (JSON.parse(ended.out) as { result: { value: { n: number } } }).result.value.n;
  };

  it('a run right after an edit of a pipeline, of its JSON, of a node uses the edit', async () => {
    expect(await run()).toBe(101);
    project.write(PIPELINE, pipelineOf(2));
    expect(await run()).toBe(201);
    project.write('pipelines/table.json', '{ "n": 7 }');
    expect(await run()).toBe(207);
    const worker = project.read('nodes/toy/worker.ts');
    project.write('nodes/toy/worker.ts', worker.replaceAll('n: params.n', 'n: params.n + 1000'));
    expect(project.read('nodes/toy/worker.ts')).not.toBe(worker);
    expect(await run()).toBe(1207);
    project.write('nodes/toy/worker.ts', worker);
    expect(await run()).toBe(207);
  });

  it.each([300, 1_000])(
    'an undo %i ms after an edit, while it is taken up, leaves the undone code current',
    async (ms) => {
      project.write(PIPELINE, pipelineOf(3, `// ${ms}`));
      await wait(ms);
      project.write(PIPELINE, pipelineOf(2));
      expect(await run()).toBe(207);
      await wait(3_000);
      expect(await run()).toBe(207);
    },
  );

  it.each([
    ['cannot be read', 'const = ;', /edited\.ts:\d/],
    ['cannot be bundled for the sandbox', `import 'node:fs';`, /could not be bundled/],
  ])('code that %s ends the run with its error, and runs once it is mended', async (_, more, words) => {
    project.write(PIPELINE, pipelineOf(4, more));
    const ended = await project.run('run', 'edited', '--json');
    expect(ended.code, ended.all).toBe(1);
    expect(ended.all).toContain('TY-CODE');
    expect(ended.all).toMatch(words);
    expect(ended.all).not.toMatch(STACK);
    project.write(PIPELINE, pipelineOf(5));
    expect(await run()).toBe(507);
    project.write(PIPELINE, pipelineOf(2));
    expect(await run()).toBe(207);
  });

  it('keeps what it writes out of git', () => {
    expect(project.read('.trainyard/.gitignore')).toBe('*\n');
  });
});
