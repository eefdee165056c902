import path from 'node:path';
import { connectTo } from '../../client/connect.js';
import { readAddresses, writeAddresses } from '../../project/addresses.js';
import { loadProject, type Project } from '../../project/project.js';
import { createServer, listen, readKeys } from '../../server/index.js';
import { modelRoutes } from '../../server/models/index.js';
import { predictRoutes } from '../../server/predict/index.js';
import { freePort } from './free-port.js';
import { startServices } from './services.js';
import { superviseWorker } from './supervisor.js';

export interface DevSession {
  readonly project: Project;
  readonly temporal: string;
  readonly ui: string | undefined;
  readonly server: string;
  readonly key: string;
  readonly workerPid: () => number | undefined;
  stop(): Promise<void>;
}

/** Everything that a project needs to run, started on this machine: Temporal, Valkey, the HTTP server, a worker. */
export async function startDev(config: string | undefined, say: (line: string) => void): Promise<DevSession> {
  const project = await loadProject(config);
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.reverse()) await end().catch(() => undefined);
  };
  try {
    const services = await startServices(project);
    ends.push(() => services.stop());
    say(`Temporal  ${services.temporal}${services.ui ? `   UI ${services.ui}` : ''}`);
    if (services.redis) say(`Valkey    ${services.redis}`);
    const client = await connectTo(project, 10_000);
    ends.push(() => client.close());
    const keys = await readKeys(path.join(project.state, 'keys.json'), { create: true });
    const app = createServer({
      services: { store: client.store, client, redis: client.redis, temporalUi: services.ui },
      keys,
      routes: [predictRoutes({ stateFolder: project.state, nudgeRows: 20 }), modelRoutes],
    });
    ends.push(() => app.close());
    const server = await listen(app, {
      host: project.config.server.host,
      port: project.config.server.port ?? (await freePort(7400)),
    });
    await writeAddresses(project.state, {
      ...readAddresses(project.state),
      temporal: services.temporal,
      pid: process.pid,
      server,
    });
    say(`Pages     ${server}`);
    const logFile = path.join(project.state, 'logs', 'worker.log');
    const worker = await superviseWorker({
      configFile: project.configFile,
      logFile,
      onRestart: (why) => say(`the worker is started again: ${why}`),
    });
    ends.push(() => worker.stop());
    say(`Worker    process ${String(worker.pid())}, pools ${Object.keys(project.config.pools).join(', ')}`);
    return {
      project,
      temporal: services.temporal,
      ui: services.ui,
      server,
      key: keys[0]?.key ?? '',
      workerPid: worker.pid,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
