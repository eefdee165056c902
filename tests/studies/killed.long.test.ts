import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTrainyardError } from '@trainyard/errors';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import type { KeptStudy } from '../../core/study/state.js';
import { startTemporal, type TemporalService } from '../../setup/index.js';
import { readStudy } from '../../store/index.js';
import { Probe } from '../matrix/harness.js';

/** A study whose worker and server are killed: nothing is lost, nothing is repeated, and it finds the same. */
describe('a study that is killed five times', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-studies-'));
  const options = {
    uiPort: false,
    searchAttributes: SEARCH_ATTRIBUTES,
    dbFile: path.join(folder, 'temporal.db'),
  } as const;
  let server: TemporalService;
  let probe: Probe;
  beforeAll(async () => {
    server = await startTemporal(options);
    probe = await Probe.start(server, { respawn: true, heartbeat: '5 seconds' });
  });
  afterAll(async () => {
    await probe?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const study = { trials: 20, sampler: 'tpe', parallel: 1 };
  const kept = async (id: string): Promise<KeptStudy> =>
    (await readStudy(probe.client.store, `${id}/tune`)) as unknown as KeptStudy;
  const told = ({ trials, best }: KeptStudy) => ({
    best,
    trials: trials.map(({ number, params, state, values, reports }) => ({ number, params, state, values, reports })),
  });
  const killServer = async (): Promise<void> => {
    const port = Number(server.address.split(':')[1]);
    process.kill(server.pid, 'SIGKILL');
    for (let left = 50; ; left--) {
      try {
        server = await startTemporal({ ...options, port });
        return;
      } catch (error) {
        // The killed one is still being cleared away.
        if (left === 0 || !isTrainyardError(error) || error.code !== 'TY-PORT-IN-USE') throw error;
        await wait(200);
      }
    }
  };

  it.each([
    ['without a pruner', {}],
    ['with a pruner that stops what runs', { pruner: { name: 'median', startup: 3 } }],
    // From the twelfth trial on its suggestions come from a double that the worker keeps.
    ['by a process', { sampler: 'gp' }],
  ])('%s', { timeout: 900_000 }, async (name, more) => {
    const id = name.replaceAll(' ', '-');
    const params = { ms: 120, steps: 6 };
    const given = { options: { ...study, ...more }, params };
    await probe.outcome(await probe.start('climbed', { salt: `${id}-calm`, ...given } as never, { id: `${id}-calm` }));
    const running = await probe.start('climbed', { salt: id, ...given } as never, { id });
    const trialsBegun = (): number => new Set(probe.events(id).map(({ label }) => label.split(' ')[0])).size;
    for (const [trials, kill] of [
      [2, 'worker'],
      [5, 'server'],
      [8, 'worker'],
      [11, 'server'],
      [14, 'worker'],
    ] as const) {
      await probe.until((event) => event.run.startsWith(`${id}/`) && trialsBegun() >= trials, 240_000);
      if (kill === 'worker') await probe.killWorker();
      else await killServer();
    }
    const outcome = await probe.outcome(running);
    if (outcome.state === 'failed') throw outcome.error;
    const state = await kept(id);
    expect(told(state)).toEqual(told(await kept(`${id}-calm`)));
    expect(state.trials.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, number) => number));
    // A trial that had ended was not computed again: only the step under way at a kill was begun twice.
    const steps = new Map<string, number>();
    for (const { label } of probe.events(id)) steps.set(label, (steps.get(label) ?? 0) + 1);
    expect([...steps.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(5);
  });
});
