import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { FileStore, type Store } from '../store/index.js';
import { createServer, listen, type ServerOptions } from './index.js';

/** A server on an empty store, or the one given, for what asks nothing of Temporal. */
export async function serverAlone(
  options: Partial<ServerOptions> & Pick<ServerOptions, 'keys'>,
  store?: Store,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-alone-'));
  const temporal = new Client({ connection: Connection.lazy({ address: '127.0.0.1:9' }) });
  const app = createServer({
    services: {
      store: store ?? new FileStore(path.join(folder, 'store')),
      client: { temporal, taskQueue: 'alone-test' },
    },
    ...options,
  });
  const url = await listen(app);
  return {
    url,
    close: async () => {
      await app.close();
      await temporal.connection.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
