import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digestText } from '../../core/digest.js';
import { TrainyardError } from '@trainyard/errors';
import type { NodeTask } from '../../core/task.js';
import { FileStore, type Store } from '../../store/index.js';
import { Reporter, STUDY_OVER, type TellStudy } from './reporter.js';

let store: Store;
beforeAll(() => {
  store = new FileStore(mkdtempSync(path.join(tmpdir(), 'trainyard-reporter-')));
});
afterAll(() => rmSync(store.name, { recursive: true, force: true }));

const task = { key: digestText('a trial'), run: { id: 'r/study' }, trial: { number: 3 } } as unknown as NodeTask;
const never = new AbortController().signal;

it('the reporter of a trial ends when its study was terminated: nobody will ever answer', async () => {
  const tell: TellStudy = async () => {
    throw new TrainyardError('TY-RUN-ENDED', { what: 'the study r/study is over' });
  };
  const reporter = new Reporter(store, task, tell, never);
  reporter.add(1, 0.5);
  await expect(reporter.finish()).rejects.toBe(STUDY_OVER);
  expect(reporter.stopped.aborted).toBe(true);
});

it('it waits for a study that is away, and tells it all once it answers', async () => {
  let asked = 0;
  const heard: unknown[] = [];
  const tell: TellStudy = async (_, { reports }) => {
    if (++asked < 2) throw new TrainyardError('TY-TEMPORAL-AWAY', { what: 'nobody answers' });
    heard.push(...reports);
    return { stop: false };
  };
  const reporter = new Reporter(store, task, tell, never);
  reporter.add(1, 0.5);
  await reporter.finish();
  expect([asked, heard]).toEqual([2, [[1, 0.5]]]);
});

it('a cancelled trial does not wait for a study that is away', async () => {
  const cancelled = new AbortController();
  const tell: TellStudy = async () => {
    cancelled.abort();
    throw new TrainyardError('TY-TEMPORAL-AWAY', { what: 'nobody answers' });
  };
  const reporter = new Reporter(store, task, tell, cancelled.signal);
  reporter.add(1, 0.5);
  await reporter.finish();
  expect(reporter.stopped.aborted).toBe(false);
});
