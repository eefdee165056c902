import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { peerPython } from '../../bench/peer-python.js';
import { serveBirds } from '../../server/predict/served.test-part.js';

const here = path.dirname(fileURLToPath(import.meta.url));
let server: Awaited<ReturnType<typeof serveBirds>>;

beforeAll(async () => {
  server = await serveBirds();
});
afterAll(() => server.close());

test('the reference client of the inference protocol gets the same answers by bytes and by JSON', async () => {
  const python = peerPython('tritonclient', [path.join(here, 'tritonclient.requirements.txt')], '110 MB');
  const { stdout } = await promisify(execFile)(python, [
    path.join(here, 'triton.py'),
    server.url.replace('http://', ''),
  ]);
  const said = JSON.parse(stdout) as { answers: unknown[]; refused: string };
  expect(said).toMatchObject({
    ...{ live: true, ready: true, model: true, version: true, other: false },
    extensions: ['binary_tensor_data'],
    refused: expect.stringContaining('9007199254740993 cannot be held exactly') as string,
  });
  const first = said.answers[0] as [string[], number[][]];
  expect(first[0]).toEqual(['adelie', 'adelie']);
  expect(first[1].map((row) => row.length)).toEqual([2, 2]);
  for (const answer of said.answers) expect(answer).toEqual(first);
});
