import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { serverAlone } from './alone.test-part.js';
import type { RouteModule } from './index.js';

const KEY = 'a key for this test only';

/** Says under which name a request comes. */
const whoRoute: RouteModule = async (app) => {
  app.get('/who', async ({ keyName = null }) => ({ name: keyName }));
};

const who = async (url: string, cookie: string): Promise<string | null> =>
  ((await (await fetch(`${url}/who`, { headers: { cookie } })).json()) as { name: string | null }).name;

test('whoever signs in is known by the name of the key, whatever signs the name has', async () => {
  const name = fc.oneof(
    fc.constantFrom('ann', 'ann.b', 'ann b', 'Änn; =,"', '100%', '%20', 'ann.1.x', '__proto__'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  );
  await fc.assert(
    fc.asyncProperty(name, async (name) => {
      const { url, close } = await serverAlone({ keys: [{ name, key: KEY }], routes: [whoRoute] });
      try {
        const signedIn = await fetch(`${url}/api/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ key: KEY }),
        });
        expect(await signedIn.json()).toEqual({ name });
        const cookie = signedIn.headers.get('set-cookie') ?? '';
        expect(cookie).toMatch(/; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
        const [pair = ''] = cookie.split(';');
        expect(await who(url, pair)).toBe(name);
        expect(await who(url, `other=1; ${pair}; trainyard_session=later`)).toBe(name);
        expect(await who(url, `${pair}x`)).toBeNull();
        const out = await fetch(`${url}/api/session`, { method: 'DELETE' });
        expect(out.headers.get('set-cookie')).toMatch(/^trainyard_session=; Max-Age=0; /);
      } finally {
        await close();
      }
    }),
    { numRuns: 12, seed: 22 },
  );
});

test('a session that a former version gave, its name encoded by hand, is valid still', async () => {
  const { url, close } = await serverAlone({ keys: [{ name: 'ann b', key: KEY }], routes: [whoRoute] });
  const expires = Date.now() + 60_000;
  const signature = createHmac('sha256', KEY).update(`session\nann b\n${expires}`).digest('base64url');
  expect(await who(url, `trainyard_session=ann%20b.${expires}.${signature}`)).toBe('ann b');
  await close();
});
