import { getModel, listModels } from '../../client/models.js';
import { getMonitor, listMonitors } from '../../client/monitors.js';
import type { RouteModule } from '../services.js';

type Named = { Params: { name: string } };

/** The registry and the monitors as JSON, for pages and programs. */
export const modelRoutes: RouteModule = async (app, { services }) => {
  const { temporal } = services.client;

  app.get('/api/models', async () => ({ models: await listModels({ temporal }) }));

  app.get<Named>('/api/models/:name', async (request) => getModel({ temporal }, request.params.name));

  app.get('/api/monitors', async () => ({ monitors: await listMonitors({ temporal }) }));

  app.get<Named>('/api/monitors/:name', async (request) => getMonitor({ temporal }, request.params.name));
};
