import { expect, test } from 'vitest';
import { serverAlone } from './alone.test-part.js';

/** The policy of the pages, as a browser reads it: by directive. */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'frame-src': "'self'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
  'base-uri': "'none'",
};

test('all replies carry the security headers, also those to addresses that fit no route or are none', async () => {
  const { url, close } = await serverAlone({ keys: [{ name: 'local', key: 'a key for this test only' }] });
  const asked: [string, number][] = [
    ['/', 200],
    ['/sign-in', 200],
    ['/assets/style.css', 200],
    ['/assets/nothing', 404],
    ['/nothing', 404],
    ['/%ff', 400],
    ['/api/runs', 200],
    [`/runs/${'x'.repeat(600)}`, 404],
  ];
  for (const [at, status] of asked) {
    const reply = await fetch(url + at);
    expect([at, reply.status]).toEqual([at, status]);
    const directives = (reply.headers.get('content-security-policy') ?? '').split(';').map((one) => one.trim());
    expect([
      at,
      Object.fromEntries(directives.map((one) => [one.split(' ')[0], one.split(' ').slice(1).join(' ')])),
    ]).toEqual([at, POLICY]);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
      'cache-control': at === '/assets/style.css' ? 'no-cache' : 'no-store',
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(reply.headers.has('strict-transport-security')).toBe(false);
    expect(reply.headers.has('x-powered-by')).toBe(false);
  }
  await close();
});
