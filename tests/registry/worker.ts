// A worker of registries in a process of its own, which dies where its plan says (`crashPoint`).
import { readFileSync } from 'node:fs';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pageActivities } from '../../activities/process-pages.js';
import { FileStore } from '../../store/index.js';
import type { WorkerSettings } from './stage.js';

const { address, store, taskQueue, bundle } = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings;
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { code: readFileSync(bundle, 'utf8') },
  activities: pageActivities({ store: new FileStore(store) }),
});
await worker.run();
