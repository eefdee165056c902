import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openModel } from '../../../models/index.js';
import { FileStore } from '../../../store/files.js';
import { runNode } from '../../../worker/testing/index.js';
import { textNetNode } from '../worker.js';
import { emoji, figuresOf, folder, tables, type Inputs } from './emoji.test-part.js';

afterAll(() => rmSync(folder, { recursive: true }));
let inputs: Inputs;
beforeAll(async () => {
  inputs = await tables('all', emoji);
});
const params = { label: 'group', column: 'name', steps: 12, learningRate: 0.01, epochs: 8, patience: 4, batchSize: 64 };

for (const model of [
  { preset: 'bag' },
  { preset: 'recurrent', cell: 'gru', units: 24 },
  { preset: 'transformer', units: 24, heads: 2, blocks: 1 },
])
  test(`a net over raw text learns the groups of emoji by their names: ${model.preset}`, async () => {
    await using run = await runNode(textNetNode, { params: { ...params, model }, inputs });
    expect(run.log.join('\n')).toMatch(/words in the training texts/);
    expect(figuresOf(run)['accuracy']).toBeGreaterThan(0.6);
    const opened = await openModel(run.outputs['model']!);
    expect(opened.card.inputs).toEqual([{ name: 'name', type: 'text' }]);
    const texts = ['flag: Iceland', 'grinning cat', '', 'unheard-of words'];
    const rows = [...texts.map((name) => ({ name })), { name: null }];
    const together = await opened.score(rows);
    const alone = await Promise.all(rows.map((row) => opened.score([row])));
    alone.forEach((one, i) => expect([...one]).toEqual([...together.subarray(i * one.length, (i + 1) * one.length)]));
    const [flag] = await opened.predict(rows.slice(0, 1));
    expect(flag).toMatchObject({ label: 'Flags' });
    await opened.dispose();
  });

test('cut within an epoch it ends with the bits of an undisturbed training', async () => {
  const short = { ...params, epochs: 2, checkpointSeconds: 1e-9 };
  await using undisturbed = await runNode(textNetNode, { params: short, inputs });
  const store = new FileStore(join(folder, 'cut'));
  let calls = 0;
  const onCheckpoint = (): void => {
    if (++calls === 4) throw new Error('cut');
  };
  await expect(runNode(textNetNode, { params: short, inputs, store, host: { onCheckpoint } })).rejects.toThrow('cut');
  await using resumed = await runNode(textNetNode, { params: short, inputs, store });
  expect(resumed.log.join('\n')).toMatch(/taken up after step/);
  expect(resumed.outputs['model']!.ref.digest).toBe(undisturbed.outputs['model']!.ref.digest);
});

test('a column of numbers, texts that are all missing and a column that is not there are refused', async () => {
  const odd = await tables('odd', emoji.map((row, i) => ({ ...row, number: i, none: '' }))); // prettier-ignore
  const refused = (column: string) =>
    expect(runNode(textNetNode, { params: { ...params, column }, inputs: odd })).rejects;
  await refused('number').toThrow(/holds number, not text/);
  await refused('none').toThrow(/no row of the table "train" has a text/);
  await refused('nome').toThrow(/did you mean "name"|name/);
  await refused('group').toThrow(/the label and the text at once/);
});
