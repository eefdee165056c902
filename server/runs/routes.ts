import { z } from 'zod';
import { TrainyardError } from '@trainyard/errors';
import { listReviews } from '../../client/reviews.js';
import { isPart } from '../../client/run-list.js';
import { readRunView, type RunView } from '../../client/run-view.js';
import { runningOf } from '../../client/running.js';
import { isStudy, readStudy } from '../../client/studies.js';
import { listModels } from '../../client/models.js';
import { graphMermaid, graphSvg, graphText } from '../../client/graph/index.js';
import { damagedIn, listRuns } from '../../store/index.js';
import { homePage } from '../pages/home.js';
import { openApprovals } from '../pages/run-actions.js';
import { runPage, runParts } from '../pages/run.js';
import { says } from '../openapi.js';
import type { RouteModule } from '../services.js';
import { drawSections } from './sections.js';
import { processesOf, seenChildren } from './children.js';
import { eventOfCall } from './temporal-event.js';
import type { PageOptions } from '../pages/run-content.js';
import type { RunContent } from '../pages/run-content.js';

type Named = { Params: { id: string } };
type Sorted = Named & { Querystring: { sort?: string } };
const sorted = z.object({ sort: z.string().optional().describe('a column of the trials') });
type OfCall = { Params: { id: string; call: string } };

/** The name of a run, with what belongs to its page. */
const INNER = /^(.*?)(\/(?:parts|graph\.(?:svg|mmd|txt)))?\/*$/s;

/** Runs on the home page and in its list: the newest. */
const MOST_LISTED = 100;

/** Open runs that are asked for their state when the home page is drawn. */
const MOST_ASKED = 20;

/** How long the home page waits for what only Temporal knows, ms. */
const HOME_MS = 3_000;

/** Home, run pages, and the same as JSON. */
export const runRoutes: RouteModule = async (app, { services }) => {
  const { store, client } = services;
  const { temporal } = client;
  const reader = { store, temporal };
  const view = (id: string): Promise<RunView> => readRunView(reader, id);

  app.get('/', says('The home page', { gives: 'page' }), async (request, reply) => {
    const soon = <T>(ask: () => Promise<T>): Promise<T | undefined> =>
      temporal.withDeadline(Date.now() + HOME_MS, ask).catch(() => undefined);
    const [runs, reviews, models] = await Promise.all([
      listRuns(store),
      soon(() => listReviews(client)),
      soon(() => listModels(client)),
    ]);
    // A run's children are found on its page.
    const listed = runs.filter(({ start }) => !isPart(start.id)).slice(0, MOST_LISTED);
    const unended = listed.filter(({ end }) => end === null).slice(0, MOST_ASKED);
    const views = await Promise.all(unended.map(({ start }) => view(start.id).catch(() => undefined)));
    const open = new Map(views.flatMap((view) => (view ? [[view.graph.run, view.graph] as const] : [])));
    const approvals = views.flatMap((view) => (view?.open ? openApprovals(view.graph) : []));
    const damaged = damagedIn(store);
    const content = { runs: listed, open, reviews, approvals, models, damaged, now: Date.now() };
    return reply.type('text/html; charset=utf-8').send(homePage(content, request.keyName).text);
  });

  app.get('/api/runs', says('The newest hundred runs'), async () => ({
    runs: (await listRuns(store)).slice(0, MOST_LISTED).map(({ start, end }) => ({ ...start, end })),
    damaged: damagedIn(store).map(({ error }) => error.toRecord()),
  }));

  app.get<Named>('/api/runs/:id', says('A run as it is now'), async (request) => {
    const found = await view(request.params.id);
    const { graph, open, stale, pending } = found;
    const progress = runningOf(graph, pending).flatMap(({ node, progress: told }) => (told ? [[node.call, told]] : []));
    const study = isStudy(graph.params) ? await readStudy(reader, graph.run) : undefined;
    return {
      open,
      ...(stale === undefined ? {} : { stale }),
      progress: Object.fromEntries(progress),
      graph,
      ...(study === undefined ? {} : { study }),
    };
  });

  app.get<Sorted>('/runs/:id', says('The page of a run', { query: sorted, gives: 'page' }), async (request, reply) => {
    const { content, options } = await shown(request.params.id, request.query.sort, request.keyName);
    return reply.type('text/html; charset=utf-8').send(runPage(content, options, request.keyName).text);
  });

  // The parts of the page that change, for its script.
  app.get<Sorted>('/runs/:id/parts', says('The parts of that page that change', { query: sorted }), async (request) => {
    const { content, options } = await shown(request.params.id, request.query.sort, request.keyName);
    const parts = runParts(content, options);
    return {
      open: content.view.open,
      parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.text])),
    };
  });

  // Where a call stands in the Temporal UI.
  app.get<OfCall>(
    '/runs/:id/calls/:call/temporal',
    says('Where a call stands in the Temporal UI', { gives: 'redirect' }),
    async (request, reply) => {
      const { id, call } = request.params;
      const ui = uiLink(id);
      const found = ui === undefined ? undefined : await eventOfCall(temporal, id, call);
      if (ui !== undefined && found !== undefined)
        return reply.redirect(found.event === undefined ? ui : `${ui}/${found.runId}/history/events/${found.event}`);
      // Temporal has forgotten it: the run page remembers, or says that there is no such run.
      await view(id);
      return reply.redirect(`/runs/${encodeURIComponent(id)}#${encodeURIComponent(call)}`);
    },
  );

  app.get<Named>('/runs/:id/graph.svg', says('The graph, drawn', { gives: 'svg' }), async (request, reply) => {
    const { graph } = await view(request.params.id);
    return reply.type('image/svg+xml; charset=utf-8').send(graphSvg(graph, { now: Date.now() }));
  });
  app.get<Named>('/runs/:id/graph.mmd', says('The graph as Mermaid', { gives: 'text' }), async (request, reply) => {
    const { graph } = await view(request.params.id);
    return reply.type('text/plain; charset=utf-8').send(graphMermaid(graph));
  });
  app.get<Named>('/runs/:id/graph.txt', says('The graph as text', { gives: 'text' }), async (request, reply) => {
    const { graph } = await view(request.params.id);
    return reply.type('text/plain; charset=utf-8').send(graphText(graph, Date.now()));
  });

  // The name of a run within a run has slashes; whoever types or copies it plainly is led to the address that it has.
  for (const under of ['/runs', '/api/runs'])
    app.get<{ Params: { '*': string } }>(
      `${under}/*`,
      says('Leads to the address of a run within a run', { gives: 'redirect' }),
      async (request, reply) => {
        const [, id = '', part = ''] = INNER.exec(request.params['*']) ?? [];
        const query = request.url.indexOf('?');
        const asked = query < 0 ? '' : request.url.slice(query);
        const to = `${under}/${encodeURIComponent(id)}${part}${asked}`;
        // Longer than an id can be: it would be led here again and again.
        if (to === request.url)
          throw new TrainyardError('TY-RUN-UNKNOWN', { what: `no run has an id of ${id.length} characters` });
        return reply.redirect(to);
      },
    );

  /** A run's page: what is shown, and how. */
  async function shown(
    id: string,
    sort: string | undefined,
    keyName: string | undefined,
  ): Promise<{ content: RunContent; options: PageOptions }> {
    const found = await view(id);
    const now = Date.now();
    const canAct = keyName !== undefined;
    const [children, processes] = await Promise.all([seenChildren(reader, found), processesOf(found)]);
    const query = sort === undefined ? {} : { sort };
    const sections = await drawSections({ run: found, reader, children, now, canAct, query });
    return {
      content: { view: found, children, processes, sections },
      options: { now, ui: uiLink(id), canAct },
    };
  }

  function uiLink(id: string): string | undefined {
    if (services.temporalUi === undefined) return undefined;
    return `${services.temporalUi}/namespaces/${temporal.options.namespace}/workflows/${encodeURIComponent(id)}`;
  }
};
