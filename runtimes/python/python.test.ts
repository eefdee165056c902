import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { file, json, node } from '../../core/index.js';
import { runNode } from '../../worker/testing/index.js';
import { python, type PythonOptions } from './index.js';

/** The Python of this machine, whichever it is. */
const here = execFileSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
  encoding: 'utf8',
}).trim() as PythonOptions['python'];

const numbers = json(z.object({ numbers: z.array(z.number()) }));

test('a node in Python gets its parameters and inputs, and gives a value and files', async () => {
  const mean = node({
    name: 'toy.mean',
    version: '1',
    params: z.object({ factor: z.number().default(2) }),
    inputs: { from: numbers },
    outputs: { figures: json(z.object({ mean: z.number(), seed: z.number(), threads: z.number() })), written: file },
    seeded: true,
  });
  const meanNode = python(mean, { module: new URL('./fixtures/figures.py', import.meta.url), python: here });
  await using run = await runNode(meanNode, { inputs: { from: { value: { numbers: [1, 2, 6] } } }, threads: 2 });
  expect(run.outputs.figures?.value).toMatchObject({ mean: 6, threads: 2 });
  expect(run.log).toEqual(['mean of 3']);
  expect(run.progress.at(-1)).toEqual({ fraction: 0.5, message: 'half way' });
  expect(await run.outputs.written?.text('note.txt')).toBe('ü');
  expect([...((await run.outputs.written?.bytes('raw.bin')) ?? [])]).toEqual([0, 255]);
});
