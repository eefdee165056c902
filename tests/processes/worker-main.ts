// A worker of durable processes in a process of its own, which dies where its plan says (`crashPoint`).
import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { onCrashPoint } from '../../activities/run/crash-points.js';
import { inWords } from '../../activities/failure-boundary.js';
import { pageActivities } from '../../activities/processes/pages.js';
import { reviewActivities } from '../../activities/review/activities.js';
import { FileStore } from '../../store/index.js';
import { dieAsPlanned } from '../crashes/die-as-planned.js';
import type { WorkerSettings } from './stage.js';
import { toldTo } from './webhooks.js';

const {
  address,
  store: folder,
  taskQueue,
  bundle,
  plan,
  webhooks = [],
} = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings;
onCrashPoint(dieAsPlanned(plan));
const store = new FileStore(folder);
const temporal = new Client({ connection: await Connection.connect({ address }) });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { code: readFileSync(bundle, 'utf8') },
  activities: inWords({
    ...pageActivities({ store }),
    ...reviewActivities({ store }),
    ...toldTo(webhooks, { temporal, taskQueue, store }),
  }),
});
await worker.run();
