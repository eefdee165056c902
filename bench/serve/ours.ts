// Our server as `trainyard serve` opens it, over the real parts, in a process of its own.
import { Client, Connection } from '@temporalio/client';
import { Redis } from 'ioredis';
import { provideParts } from '../../core/provided-parts.js';
import { builtInParts } from '../../project/brought-parts.js';
import { createServer, listen } from '../../server/index.js';
import { predictRoutes } from '../../server/predict/index.js';
import { FileStore } from '../../store/index.js';

export interface OursSettings {
  readonly address: string;
  readonly redisUrl: string;
  readonly store: string;
  readonly state: string;
  readonly taskQueue: string;
}

const { address, redisUrl, store: folder, state, taskQueue } = JSON.parse(process.argv[2] ?? '{}') as OursSettings;
const parts = builtInParts();
provideParts(() => parts);
const connection = Connection.lazy({ address });
const store = new FileStore(folder);
const redis = new Redis(redisUrl);
const app = createServer({
  services: { store, client: { temporal: new Client({ connection }), taskQueue }, redis },
  keys: [{ name: 'bench', key: 'a-key-of-the-bench' }],
  // Counted as ever, and never reached.
  limits: { predictions: 1e9, decisions: 600, signIns: 20 },
  routes: [predictRoutes({ stateFolder: state })],
});
process.stdout.write(`at ${await listen(app)}\n`);
process.on('SIGTERM', () => {
  void app.close().then(() => {
    redis.disconnect();
    return connection.close();
  });
});
