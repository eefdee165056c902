import { Worker } from 'node:worker_threads';
import type { OpenedExport } from '../../../models/index.js';

interface Names {
  readonly input: { readonly name: string; readonly type: string };
  readonly output: { readonly name: string };
}

/** What runs there: plain JavaScript, which finds nothing of ours. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const opened = import(workerData.module).then(({ openScorer }) => openScorer(new URL(workerData.folder), workerData.names));
opened.then(() => parentPort.postMessage({}), (error) => parentPort.postMessage({ problem: error.message }));
parentPort.on('message', async ({ features, rows }) => {
  try {
    parentPort.postMessage({ answers: await (await opened).score(features, rows) });
  } catch (error) {
    parentPort.postMessage({ problem: error.message });
  }
});
`;

/** Opens the module of an export in a thread of its own, as whoever takes the folder would. One question at a time. */
export async function openInThread(
  module: URL,
  folder: URL,
  names: Names,
): Promise<Pick<OpenedExport, 'score' | 'dispose'>> {
  const workerData = { module: module.href, folder: folder.href, names };
  const thread = new Worker(THREAD, { eval: true, workerData });
  const next = (): Promise<Float64Array> =>
    new Promise((answered, failed) => {
      thread.once('error', failed);
      thread.once('message', ({ problem, answers }: { problem?: string; answers?: Float64Array }) => {
        thread.off('error', failed);
        if (problem === undefined) answered(answers ?? new Float64Array(0));
        else failed(new Error(problem));
      });
    });
  const close = async (): Promise<void> => void (await thread.terminate());
  try {
    await next();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    score: (features, rows) => {
      const answer = next();
      thread.postMessage({ features, rows });
      return answer;
    },
    dispose: close,
  };
}
