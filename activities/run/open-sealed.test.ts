import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { digestText } from '../../core/digest.js';
import type { NodeTask } from '../../core/task.js';
import { FileStore, openingsOf } from '../../store/index.js';
import { openSealed } from './open-sealed.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-open-sealed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = new FileStore(folder);

const ref = (kind: string, name: string) => ({ kind, digest: digestText(name), size: 1 });

function taskOf(set: string, call: string, opening?: NodeTask['opening']): NodeTask {
  return {
    run: { id: `run of ${call}`, lineage: call, pipeline: 'birds', cause: { kind: 'person' } },
    node: 'evaluate.final',
    key: digestText(`${set} ${call}`),
    inputs: { model: ref('model', `model of ${call}`), test: ref('sealed table', set) },
    scope: '',
    call,
    ...(opening === undefined ? {} : { opening }),
  } as unknown as NodeTask;
}

test('the first opening needs no reason; a further one does, and none is on the record without it', async () => {
  await openSealed(store, taskOf('one', 'n1'));
  // The same call again: a retry, a resume.
  await openSealed(store, taskOf('one', 'n1'));
  await expect(openSealed(store, taskOf('one', 'n2'))).rejects.toMatchObject({
    code: 'TY-SEALED-REASON',
    where: { run: 'run of n2', node: 'evaluate.final', port: 'test' },
    actual: expect.stringMatching(/^opened by evaluate.final of run run of n1 on \d{4}-\d\d-\d\d$/) as string,
  });
  expect(await openingsOf(store, digestText('one'))).toHaveLength(1);
  await openSealed(store, taskOf('one', 'n2', { reason: 'the first had a bug', by: 'ada' }));
  await openSealed(store, taskOf('one', 'n3', { reason: 'as agreed' }));
  const openings = await openingsOf(store, digestText('one'));
  expect(openings.map(({ reason, allowedBy }) => [reason, allowedBy])).toEqual([
    [undefined, undefined],
    ['the first had a bug', 'ada'],
    ['as agreed', undefined],
  ]);
  expect(openings.map(({ models }) => models)).toEqual(
    ['n1', 'n2', 'n3'].map((call) => [digestText(`model of ${call}`)]),
  );
});

test('of several that open a set at once one is the first, and the others are asked', async () => {
  const calls = Array.from({ length: 6 }, (_, i) => openSealed(store, taskOf('raced', `n${i}`)));
  const ended = await Promise.allSettled(calls);
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await openingsOf(store, digestText('raced'))).toHaveLength(1);
});
