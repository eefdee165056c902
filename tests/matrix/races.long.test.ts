import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeRun } from '../../client/run/resume.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from './harness.js';
import { countBy } from './resume-case.js';
import { startService, type Service } from './service.js';
import { weaveRaces } from './weave-races.js';

const command = fileURLToPath(new URL('../../cli/trainyard.js', import.meta.url));

function trainyard(args: readonly string[], cwd: string): Promise<{ readonly stdout: string }> {
  return promisify(execFile)(process.execPath, [command, ...args], { cwd });
}

const seed = Number(process.env['TRAINYARD_SEED'] ?? 1);

weaveRaces(
  Array.from({ length: 60 }, (_, index) => 1000 * seed + index),
  { atOnce: 4 },
);

describe('a race that is over', () => {
  let server: TemporalService;
  let probe: Probe;
  let service: Service;

  beforeAll(async () => {
    server = await startServer();
    service = await startService({ loseEvery: 1_000_000 });
    probe = await Probe.start(server, { slots: 8 });
    probe.write('service.txt', service.url);
  }, 120_000);

  afterAll(async () => {
    await probe?.close();
    await server?.stop();
    await service?.stop();
  });

  const effectsOf = (run: string): string[] => service.done.filter((what) => what.startsWith(`${run} `));

  it(
    'stays decided in a run of 2,500 side by side that continues as new, and in its resume',
    { timeout: 1_200_000 },
    async () => {
      const [id, params] = ['wide-race', { salt: 'wide', count: 2_500 }];
      probe.planFault(id, { label: 'last', moment: 'before', kind: 'user', times: 1 });
      expect((await probe.run('wide-race', params, { id })).state).toBe('failed');
      expect((await probe.history(id)).length).toBeGreaterThan(1);
      const before = effectsOf(id);
      expect(before).toHaveLength(2);
      expect(before[0]).not.toBe(`${id} first 0`);
      const again = await resumeRun(probe.client, id);
      expect(await probe.outcome(again)).toMatchObject({ state: 'done' });
      expect(effectsOf(id)).toEqual(before);
      expect([...countBy(probe.events(again.workflowId), 'start').keys()]).toEqual(['last']);
    },
  );

  it('is decided as it was when the run is repeated for verification', { timeout: 600_000 }, async () => {
    for (const draw of [1000, 1004, 1007, 1011]) {
      const id = `verified-${draw}`;
      const outcome = await probe.run('races', { salt: id, draw }, { id });
      expect(outcome.state).toBe('done');
      const before = effectsOf(id);
      // Equal is 0, anything else 1.
      const { stdout } = await trainyard(['verify', id, '--json'], probe.folder);
      expect(JSON.parse(stdout)).toMatchObject({ equal: true, state: 'done' });
      expect(effectsOf(id)).toEqual(before);
    }
  });
});
