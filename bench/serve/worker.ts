// The worker of the registry and of the monitors, in a process of its own as ever.
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Redis } from 'ioredis';
import { monitorActivities } from '../../activities/monitor/activities.js';
import { FileStore } from '../../store/index.js';
import type { OursSettings } from './ours.js';

export type WorkerSettings = OursSettings & { readonly bundle: string };

const settings = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings;
const { address, taskQueue, bundle } = settings;
const temporal = new Client({ connection: await Connection.connect({ address }) });
const redis = new Redis(settings.redisUrl);
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { codePath: bundle },
  activities: { ...monitorActivities({ temporal, taskQueue, store: new FileStore(settings.store), redis }) },
});
process.on('SIGTERM', () => worker.shutdown());
process.stdout.write('it works\n');
await worker.run();
process.exit(0);
