import { listReviews } from '../../client/reviews.js';
import { readRunView, type RunView } from '../../client/run-view.js';
import { runningOf } from '../../client/running.js';
import { listModels } from '../../client/models.js';
import { graphMermaid, graphSvg, graphText } from '../../graph/index.js';
import { listRuns } from '../../store/index.js';
import { homePage } from '../pages/home.js';
import { openApprovals } from '../pages/run-actions.js';
import { runPage, runParts } from '../pages/run.js';
import type { RouteModule } from '../services.js';

type Named = { Params: { id: string } };

/** Runs on the home page and in its list: the newest. */
const MOST_LISTED = 100;

/** Open runs that are asked for their state when the home page is drawn. */
const MOST_ASKED = 20;

/** Home, run pages, and the same as JSON. */
export const runRoutes: RouteModule = async (app, { services }) => {
  const { store, client } = services;
  const { temporal } = client;
  const canStart = client.taskQueue !== undefined;
  const view = (id: string): Promise<RunView> => readRunView({ store, temporal }, id);

  app.get('/', async (request, reply) => {
    const [runs, reviews, models] = await Promise.all([
      listRuns(store),
      listReviews({ temporal }).catch(() => undefined),
      listModels({ temporal }).catch(() => undefined),
    ]);
    // A run's children are found on its page.
    const listed = runs.filter(({ start }) => !start.id.includes('/')).slice(0, MOST_LISTED);
    const open = listed.filter(({ end }) => end === null).slice(0, MOST_ASKED);
    const views = await Promise.all(open.map(({ start }) => view(start.id).catch(() => undefined)));
    const states = new Map(views.flatMap((view) => (view ? [[view.graph.run, view.graph.state] as const] : [])));
    const approvals = views.flatMap((view) => (view?.open ? openApprovals(view.graph) : []));
    const content = { runs: listed, states, reviews, approvals, models, now: Date.now() };
    return reply.type('text/html; charset=utf-8').send(homePage(content, request.keyName).text);
  });

  app.get('/api/runs', async () => ({
    runs: (await listRuns(store)).slice(0, MOST_LISTED).map(({ start, end }) => ({ ...start, end })),
  }));

  app.get<Named>('/api/runs/:id', async (request) => {
    const { graph, open, stale, pending } = await view(request.params.id);
    const progress = runningOf(graph, pending).flatMap(({ node, progress: told }) => (told ? [[node.call, told]] : []));
    return { open, ...(stale === undefined ? {} : { stale }), progress: Object.fromEntries(progress), graph };
  });

  app.get<Named>('/runs/:id', async (request, reply) => {
    const found = await view(request.params.id);
    return reply
      .type('text/html; charset=utf-8')
      .send(runPage(found, { ui: uiLink(request.params.id), now: Date.now(), canStart }, request.keyName).text);
  });

  // The parts of the page that change, for its script.
  app.get<Named>('/runs/:id/parts', async (request) => {
    const found = await view(request.params.id);
    const parts = runParts(found, { now: Date.now(), canAct: request.keyName !== undefined, canStart });
    return {
      open: found.open,
      parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.text])),
    };
  });

  app.get<Named>('/runs/:id/graph.svg', async (request, reply) => {
    const { graph } = await view(request.params.id);
    return reply.type('image/svg+xml; charset=utf-8').send(graphSvg(graph, { now: Date.now() }));
  });
  app.get<Named>('/runs/:id/graph.mmd', async (request, reply) => {
    const { graph } = await view(request.params.id);
    return reply.type('text/plain; charset=utf-8').send(graphMermaid(graph));
  });
  app.get<Named>('/runs/:id/graph.txt', async (request, reply) => {
    const { graph } = await view(request.params.id);
    return reply.type('text/plain; charset=utf-8').send(graphText(graph, Date.now()));
  });

  function uiLink(id: string): string | undefined {
    if (services.temporalUi === undefined) return undefined;
    return `${services.temporalUi}/namespaces/${temporal.options.namespace}/workflows/${encodeURIComponent(id)}`;
  }
};
