import { z } from 'zod';
import { getModel, getVersion } from '../../client/model-view.js';
import { listModels } from '../../client/models.js';
import { getMonitor, listMonitors } from '../../client/monitors.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import { says } from '../openapi.js';
import type { RouteModule } from '../services.js';
import { modelPage } from './page.js';

type Named = { Params: { name: string } };
type Numbered = { Params: { name: string; version: string } };

const number = z.coerce.number().int().min(1);
const PART = { versionsBefore: number.optional(), historyBefore: number.optional() };
const pageQuery = z.object(PART);
const apiQuery = z.object({ ...PART, most: number.max(500).optional() });

function parse<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TrainyardError('TY-PARAM', {
    what: `the part of the model that is asked for is not one: ${issue?.message ?? ''}`,
    where: { field: issue?.path.join('.') || undefined },
    expected: 'whole numbers from 1: versionsBefore, historyBefore, and most (500 at most)',
  });
}

/** The registry and the monitors: a page for each model, and all of it as JSON. */
export const modelRoutes: RouteModule = async (app, { services }) => {
  const { client } = services;
  const reading = { ...client, store: services.store };

  app.get('/api/models', says('All models'), async () => ({ models: await listModels(client) }));

  app.get<Named>(
    '/api/models/:name',
    says('A model, its versions and its history', { query: apiQuery }),
    async (request) => getModel(reading, request.params.name, parse(apiQuery, request.query)),
  );

  app.get<Numbered>(
    '/api/models/:name/versions/:version',
    says('One version of a model'),
    async ({ params: { name, version } }) => getVersion(reading, name, Number(version)),
  );

  app.get<Named>(
    '/models/:name',
    says('The page of a model', { query: pageQuery, gives: 'page' }),
    async (request, reply) => {
      const { name } = request.params;
      const model = await getModel(reading, name, parse(pageQuery, request.query));
      const monitor = await getMonitor(client, name).catch((error: unknown) => {
        if (isTrainyardError(error) && error.code === 'TY-MONITOR-UNKNOWN') return undefined;
        throw error;
      });
      return reply.type('text/html; charset=utf-8').send(modelPage(model, monitor, request.keyName).text);
    },
  );

  app.get('/api/monitors', says('All monitors'), async () => ({ monitors: await listMonitors(client) }));

  app.get<Named>('/api/monitors/:name', says('What the monitor of an endpoint knows'), async (request) =>
    getMonitor(client, request.params.name),
  );
};
