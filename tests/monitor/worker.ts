// A Workflow worker in a process of its own, which kills itself hard at a named point, once.
import { existsSync, writeFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Redis } from 'ioredis';
import { inWords } from '../../activities/failure-boundary.js';
import { monitorActivities } from '../../activities/monitor/activities.js';
import { moveAlias, registerVersion } from '../../client/registry/models.js';
import { digestText } from '../../core/digest.js';
import { FileStore } from '../../store/index.js';

export interface WorkerSettings {
  readonly address: string;
  readonly redisUrl: string;
  readonly store: string;
  readonly taskQueue: string;
  readonly bundle: string;
  /** `before` or `after` and the name of an Activity; and a file that says that it has happened. */
  readonly crash?: { readonly when: 'before' | 'after'; readonly activity: string; readonly marker: string };
}

type Activity = (...args: never[]) => Promise<unknown>;

const settings = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings;
const { address, redisUrl, taskQueue, crash } = settings;
const temporal = new Client({ connection: await Connection.connect({ address }) });
const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
redis.on('error', () => undefined);

const activities: Record<string, Activity> = {
  ...inWords({ ...monitorActivities({ temporal, taskQueue, store: new FileStore(settings.store), redis }) }),
  deployNext: (async (endpoint: string, run: string) => {
    const by = { by: 'test', why: 'retrained' };
    const facts = { run, lineage: run, pipeline: 'retrain', metrics: {}, signature: null, evidence: null };
    const model = { kind: 'model', digest: digestText(run), size: 1 } as const;
    const access = { temporal, taskQueue };
    const { version } = await registerVersion(access, endpoint, { model, ...facts, ...by });
    await moveAlias(access, endpoint, { alias: 'champion', to: version, once: run, ...by });
    return version;
  }) as Activity,
};

function dieOnce(when: 'before' | 'after', activity: string): void {
  if (crash?.when !== when || crash.activity !== activity || existsSync(crash.marker)) return;
  writeFileSync(crash.marker, activity);
  process.kill(process.pid, 'SIGKILL');
}

const crashing = Object.entries(activities).map(([name, run]): [string, Activity] => [
  name,
  async (...args) => {
    dieOnce('before', name);
    const result = await run(...args);
    dieOnce('after', name);
    return result;
  },
]);

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { codePath: settings.bundle },
  activities: Object.fromEntries(crashing),
  stickyQueueScheduleToStartTimeout: '1s',
});
process.on('SIGTERM', () => worker.shutdown());
await worker.run();
process.exit(0);
