import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { request } from './request.js';

test('a public address may not lead into a private network; one that its author names may be there', async () => {
  const server = createServer((_, response) => response.end('in here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const { signal } = new AbortController();
  const named = await request({ url, signal });
  expect(named.status).toBe(200);
  named.body.destroy();
  // As after a redirect from a public address: by its number, and by a name that means it.
  await expect(request({ url, signal, publicOnly: true })).rejects.toThrow(/no address of the public Internet/);
  const byName = new URL(`http://localhost:${url.port}/`);
  await expect(request({ url: byName, signal, publicOnly: true })).rejects.toThrow(/no address of the public Internet/);
  server.close();
});
