import { expect, test } from 'vitest';
import { ServedBuilds, type BuildServer } from './served-builds.js';

/** Servers of builds that count, and refuse as the SDK does when there are two of one build. */
function setting() {
  const running = new Map<string, number>();
  const opened: string[] = [];
  const open = async ({ buildId }: { buildId: string }): Promise<BuildServer> => {
    await new Promise((turn) => setImmediate(turn));
    opened.push(buildId);
    if (running.has(buildId)) throw new Error('Registration of multiple workers');
    running.set(buildId, 1);
    let state = 'RUNNING';
    let ended: () => void = () => undefined;
    const end = new Promise<void>((resolve) => (ended = resolve));
    return {
      run: () => end,
      getState: () => state,
      shutdown: () => {
        state = 'STOPPING';
        setTimeout(() => {
          running.delete(buildId);
          ended();
        }, 10);
      },
    };
  };
  const builds = new ServedBuilds(open, (error) => {
    throw error;
  });
  return { builds, running, opened };
}

test('a build that is asked for twice at once gets one worker', async () => {
  const { builds, opened } = setting();
  await Promise.all([builds.serve({ buildId: 'a' }), builds.serve({ buildId: 'a' }), builds.serve({ buildId: 'b' })]);
  expect(opened).toEqual(['a', 'b']);
  await builds.stop();
});

test('a build that was let go and is asked for again is served once the former worker has ended', async () => {
  const { builds, running, opened } = setting();
  await builds.serve({ buildId: 'a' });
  const released = builds.release('a');
  expect(builds.has('a')).toBe(false);
  await builds.serve({ buildId: 'a' });
  await released;
  expect(opened).toEqual(['a', 'a']);
  expect(running.size).toBe(1);
  await builds.stop();
  expect(running.size).toBe(0);
});

test('a build that could not be served is tried anew', async () => {
  let tries = 0;
  const builds = new ServedBuilds(
    async () => {
      if (tries++ === 0) throw new Error('no connection');
      return { run: async () => undefined, getState: () => 'STOPPED', shutdown: () => undefined };
    },
    () => undefined,
  );
  await expect(builds.serve({ buildId: 'a' })).rejects.toThrow('no connection');
  await builds.serve({ buildId: 'a' });
  expect(tries).toBe(2);
});

test('a build is not idle while it is held, from before it is served until the last hold ends, nor right after', async () => {
  const { builds } = setting();
  const later = () => Date.now() + 60_000;
  const letGo = builds.hold('a');
  await builds.serve({ buildId: 'a' });
  const letGoAgain = builds.hold('a');
  expect(builds.idleMs('a', later())).toBe(0);
  letGo();
  letGo();
  expect(builds.idleMs('a', later())).toBe(0);
  letGoAgain();
  expect(builds.idleMs('a')).toBeLessThan(60_000);
  expect(builds.idleMs('a', later())).toBeGreaterThanOrEqual(60_000);
  await builds.stop();
});

test('a served build that is asked for again counts as used', async () => {
  const { builds } = setting();
  await builds.serve({ buildId: 'a' });
  await new Promise((wait) => setTimeout(wait, 30));
  const before = builds.idleMs('a');
  await builds.serve({ buildId: 'a' });
  expect(before).toBeGreaterThan(builds.idleMs('a'));
  await builds.stop();
});
