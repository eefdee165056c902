import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Limits } from '../core/config.js';
import { serverAlone } from './alone.test-part.js';
import type { RouteModule } from './index.js';
import { predictRoutes } from './predict/index.js';

const keys = ['ann', 'bob'].map((name) => ({ name, key: `ty_a-key-of-${name}-alone` }));
const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-limits-'));
let close = async (): Promise<void> => undefined;

afterEach(async () => {
  vi.useRealTimers();
  await close();
  rmSync(folder, { recursive: true, force: true });
});

type Ask = (at: string, by?: string, body?: string) => Promise<Response>;

async function limited(limits: Partial<Limits>, routes: readonly RouteModule[] = []): Promise<Ask> {
  const server = await serverAlone({
    keys,
    limits: { predictions: false, decisions: false, signIns: false, ...limits },
    routes,
  });
  close = () => server.close();
  return (at, by, body = '{}') =>
    fetch(server.url + at, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(by === undefined ? {} : { authorization: `Bearer ty_a-key-of-${by}-alone` }),
      },
      body,
    });
}

const PREDICT = '/v1/endpoints/nothing/predict';
const INFER = '/v2/models/nothing/infer';
/** A decision that is none: it is refused, and counts all the same. */
const DECIDE = '/api/runs/r/approvals';

test('what is above the limit is refused with 429, the time to wait, and a sentence that says what to do', async () => {
  const ask = await limited({ signIns: 3 });
  for (const _ of [1, 2, 3]) expect((await ask('/api/session', undefined, '{"key": "wrong"}')).status).toBe(401);
  const refused = await ask('/api/session', undefined, '{"key": "wrong"}');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const seconds = refused.headers.get('retry-after');
  expect(Number(seconds)).toBeGreaterThan(0);
  expect(Number(seconds)).toBeLessThanOrEqual(60);
  expect(await refused.json()).toMatchObject({
    code: 'TY-RATE',
    detail: expect.stringMatching(/address 127\.0\.0\.1 has sent more than 3 attempts to sign in/) as string,
    expected: expect.stringContaining('server.limits.signIns') as string,
    remedy: expect.stringContaining(`ask again in ${seconds} seconds`) as string,
  });
});

test('when the minute is over, as many may be asked again', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const ask = await limited({ signIns: 1 });
  expect((await ask('/api/session')).status).toBe(401);
  expect((await ask('/api/session')).status).toBe(429);
  vi.setSystemTime(Date.now() + 60_001);
  expect((await ask('/api/session')).status).toBe(401);
  expect((await ask('/api/session')).status).toBe(429);
});

test('each key has its own count, and who has none that of its address', { timeout: 60_000 }, async () => {
  const ask = await limited({ decisions: 2, predictions: 2 }, [
    predictRoutes({ stateFolder: folder, pollMs: 600_000 }),
  ]);
  for (const by of ['ann', 'bob']) {
    expect((await ask(DECIDE, by)).status).toBe(422);
    expect((await ask('/runs/r/actions/approvals', by)).status).toBe(422);
    // The routes of a group share one count.
    for (const at of [DECIDE, '/api/runs/r/recover', '/runs/r/actions/cancel'])
      expect((await ask(at, by)).status).toBe(429);
  }
  expect((await ask(PREDICT)).status).toBe(404);
  expect((await ask(INFER)).status).toBe(404);
  for (const at of [PREDICT, INFER]) expect((await ask(at)).status).toBe(429);
  expect((await ask(PREDICT, 'ann')).status).toBe(404);
});

test('who is refused for want of a key is told of the key, and a limit that is off refuses nobody', async () => {
  const ask = await limited({ decisions: 1, signIns: false });
  for (const _ of [1, 2, 3]) expect((await ask(DECIDE)).status).toBe(401);
  for (let i = 0; i < 30; i++) expect((await ask('/api/session')).status).toBe(401);
});
