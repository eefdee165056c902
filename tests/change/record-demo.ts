import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startTemporal } from '../../setup/index.js';
import { DemoProject } from '../demo/demo-project.js';
import { keep } from './keep.js';

/** The demo: study, label review, registry, evaluation, deployment, monitor, retraining. */
export async function recordDemo(to: string): Promise<number> {
  const demo = new DemoProject();
  await demo.result();
  const dbFile = path.join(demo.folder, '.trainyard', 'temporal', 'temporal.db');
  const server = await startTemporal({ uiPort: false, dbFile });
  const connection = await Connection.connect({ address: server.address });
  try {
    return await keep(new Client({ connection }), demo.folder, ['pipelines', 'nodes/flaws/index.ts'], to);
  } finally {
    await connection.close();
    await server.stop();
    await demo.remove();
  }
}
