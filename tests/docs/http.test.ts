import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, it } from 'vitest';
import { describedRoutes, sentBy } from '../../server/http-page.test-part.js';
import { createServer } from '../../server/index.js';
import { predictRoutes } from '../../server/predict/index.js';
import { FileStore } from '../../store/index.js';

it('docs/http.md has every route of the server, and no other, each once, with a curl that asks for it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-http-page-'));
  // Nothing is asked of it: routes are made before a server is ready.
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  const app = createServer({
    services: {
      store: new FileStore(folder),
      client: { temporal: new Client({ connection }), taskQueue: 'trainyard-zoo' },
    },
    keys: [],
    routes: [predictRoutes({ stateFolder: folder })],
  });
  const routes: string[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push(`${one} ${url}`);
  });
  await app.after();
  const described = describedRoutes();
  expect(described.map(({ method, route }) => `${method} ${route}`).sort()).toEqual(routes.sort());
  for (const { method, route, curl } of described) {
    const sent = sentBy(curl, 'key');
    expect(sent.method, curl).toBe(method);
    const pattern = `^${route.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+').replace('*', '.+')}(\\?.*)?$`;
    expect(sent.at).toMatch(new RegExp(pattern));
  }
  await app.close();
  await connection.close();
  rmSync(folder, { recursive: true, force: true });
});
