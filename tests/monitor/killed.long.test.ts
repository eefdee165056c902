import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { retrainingRunId } from '../../core/ids.js';
import type { MonitorState } from '../../workflows/monitor/contract.js';
import {
  ask,
  folder,
  makeEndpoint,
  makeRows,
  project,
  retrainings,
  startWorker,
  stopWorkers,
  until,
  useStage,
} from './stage.js';
import type { WorkerSettings } from './worker.js';

useStage();

describe('a worker killed with -9 leaves the same decisions as an undisturbed one, and one retraining', () => {
  const facts = ({ windows, drifted, recent, retrainings: all, started, entries }: MonitorState): unknown => ({
    windows,
    drifted,
    entries,
    started,
    recent: recent.map(({ rows, labelled, findings }) => ({ rows, labelled, findings })),
    retrainings: all.map(({ number, columns: which, labelled, verdict }) => ({ number, which, labelled, verdict })),
  });
  const play = async (endpoint: string, crash?: WorkerSettings['crash']): Promise<unknown> => {
    const doomed = startWorker(crash);
    await makeEndpoint(endpoint);
    await ask(endpoint, makeRows(200, 2), 0);
    await ask(endpoint, makeRows(100, 3, 1.5), 200);
    if (crash) {
      await new Promise((resolve) => (doomed.signalCode === null ? doomed.once('exit', resolve) : resolve(null)));
      expect(doomed.signalCode).toBe('SIGKILL');
      expect(existsSync(crash.marker)).toBe(true);
      startWorker(crash);
    }
    const ended = await until(
      endpoint,
      ({ retrainings: [one], windows }) => one?.verdict !== undefined && windows === 3,
    );
    expect(await retrainings(endpoint)).toEqual([retrainingRunId(project, 'retrain', endpoint, 1)]);
    return facts(ended);
  };

  let undisturbed: unknown;
  test.each([
    ['after', 'trainyard.monitorWindow'],
    ['before', 'trainyard.monitorFresh'],
    ['after', 'trainyard.monitorFresh'],
    ['before', 'deployNext'],
    ['after', 'deployNext'],
    ['before', 'trainyard.monitorChampion'],
    ['after', 'trainyard.monitorProfile'],
  ] as const)(
    '%s %s',
    async (when, activity) => {
      const name = `k-${when}-${activity.replace(/^trainyard\./, '').toLowerCase()}`;
      undisturbed ??= await play('undisturbed');
      await stopWorkers();
      expect(await play(name, { when, activity, marker: path.join(folder, name) })).toEqual(undisturbed);
    },
    120_000,
  );
});
