import { getModel, listModels } from '../../client/models.js';
import { getMonitor, listMonitors } from '../../client/monitors.js';
import { isTrainyardError } from '../../core/errors/index.js';
import type { RouteModule } from '../services.js';
import { modelPage } from './page.js';

type Named = { Params: { name: string } };

/** The registry and the monitors: a page for each model, and all of it as JSON. */
export const modelRoutes: RouteModule = async (app, { services }) => {
  const { client } = services;

  app.get('/api/models', async () => ({ models: await listModels(client) }));

  app.get<Named>('/api/models/:name', async (request) => getModel(client, request.params.name));

  app.get<Named>('/models/:name', async (request, reply) => {
    const { name } = request.params;
    const model = await getModel(client, name);
    const monitor = await getMonitor(client, name).catch((error: unknown) => {
      if (isTrainyardError(error) && error.code === 'TY-MONITOR-UNKNOWN') return undefined;
      throw error;
    });
    return reply.type('text/html; charset=utf-8').send(modelPage(model, monitor, request.keyName).text);
  });

  app.get('/api/monitors', async () => ({ monitors: await listMonitors(client) }));

  app.get<Named>('/api/monitors/:name', async (request) => getMonitor(client, request.params.name));
};
