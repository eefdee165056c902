import { z } from 'zod';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { listReviews } from '../../client/reviews.js';
import { listModels } from '../../client/models.js';
import { TrainyardError, type ErrorRecord } from '../../core/errors/index.js';
import { graphMermaid, graphSvg, graphText } from '../../graph/index.js';
import { listRuns } from '../../store/index.js';
import { homePage } from '../pages/home.js';
import { openApprovals, runPage, runParts } from '../pages/run.js';
import type { RouteModule } from '../services.js';
import { readRunView } from './view.js';

type Named = { Params: { id: string } };

const decision = z.strictObject({
  name: z.string().min(1),
  approved: z.boolean(),
  by: z.string().max(100).optional(),
  why: z.string().max(2000).default(''),
});

/** Runs on the home page and in its list: the newest. */
const MOST_LISTED = 100;

/** Open runs that are asked for their state when the home page is drawn. */
const MOST_ASKED = 20;

/** Home, run pages, and the same as JSON. */
export const runRoutes: RouteModule = async (app, { services }) => {
  const { store, client } = services;
  const { temporal } = client;

  app.get('/', async (request, reply) => {
    const [runs, reviews, models] = await Promise.all([
      listRuns(store),
      listReviews({ temporal }).catch(() => undefined),
      listModels({ temporal }).catch(() => undefined),
    ]);
    // A run's children are found on its page.
    const listed = runs.filter(({ start }) => !start.id.includes('/')).slice(0, MOST_LISTED);
    const open = listed.filter(({ end }) => end === null).slice(0, MOST_ASKED);
    const views = await Promise.all(open.map(({ start }) => readRunView(services, start.id).catch(() => undefined)));
    const states = new Map(views.flatMap((view) => (view ? [[view.graph.run, view.graph.state] as const] : [])));
    const approvals = views.flatMap((view) => (view?.open ? openApprovals(view.graph) : []));
    const content = { runs: listed, states, reviews, approvals, models, now: Date.now() };
    return reply.type('text/html; charset=utf-8').send(homePage(content, request.keyName).text);
  });

  app.get('/api/runs', async () => ({
    runs: (await listRuns(store)).slice(0, MOST_LISTED).map(({ start, end }) => ({ ...start, end })),
  }));

  app.get<Named>('/api/runs/:id', async (request) => {
    const { graph, open, stale, progress } = await readRunView(services, request.params.id);
    return { open, ...(stale === undefined ? {} : { stale }), progress: Object.fromEntries(progress), graph };
  });

  app.get<Named>('/runs/:id', async (request, reply) => {
    const view = await readRunView(services, request.params.id);
    return reply
      .type('text/html; charset=utf-8')
      .send(runPage(view, { ui: uiLink(request.params.id), now: Date.now() }, request.keyName).text);
  });

  // The parts of the page that change, for its script.
  app.get<Named>('/runs/:id/parts', async (request) => {
    const view = await readRunView(services, request.params.id);
    const parts = runParts(view, { now: Date.now(), canAct: request.keyName !== undefined });
    return {
      open: view.open,
      parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.text])),
    };
  });

  app.get<Named>('/runs/:id/graph.svg', async (request, reply) => {
    const { graph } = await readRunView(services, request.params.id);
    return reply.type('image/svg+xml; charset=utf-8').send(graphSvg(graph, { now: Date.now() }));
  });
  app.get<Named>('/runs/:id/graph.mmd', async (request, reply) => {
    const { graph } = await readRunView(services, request.params.id);
    return reply.type('text/plain; charset=utf-8').send(graphMermaid(graph));
  });
  app.get<Named>('/runs/:id/graph.txt', async (request, reply) => {
    const { graph } = await readRunView(services, request.params.id);
    return reply.type('text/plain; charset=utf-8').send(graphText(graph, Date.now()));
  });

  app.post<Named>('/api/runs/:id/approvals', async (request) => {
    const parsed = decision.safeParse(request.body);
    if (!parsed.success) {
      throw new TrainyardError('TY-PARAM', {
        what: 'the decision is not valid',
        where: { field: parsed.error.issues[0]?.path.join('.') || undefined },
        expected: '{"name": "…", "approved": true or false, "why": "…"}',
      });
    }
    const { name, approved, by = request.keyName ?? '', why } = parsed.data;
    await act(request.params.id, async (handle) =>
      temporal.withDeadline(Date.now() + 10_000, () =>
        handle.executeUpdate('approve', { args: [{ name, approved, by, why }] }),
      ),
    );
    return { name, approved, by };
  });

  app.post<Named>('/api/runs/:id/cancel', async (request) => {
    await act(request.params.id, (handle) => handle.cancel());
    return { cancelled: request.params.id };
  });

  async function act(
    id: string,
    what: (handle: ReturnType<typeof temporal.workflow.getHandle>) => Promise<unknown>,
  ): Promise<void> {
    try {
      await what(temporal.workflow.getHandle(id));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError)
        throw new TrainyardError('TY-RUN-UNKNOWN', {
          what: `there is no run "${id}" that goes on`,
          where: { run: id },
        });
      const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
      const record = cause instanceof ApplicationFailure ? (cause.details?.[0] as ErrorRecord | undefined) : undefined;
      throw record ? TrainyardError.fromRecord(record) : error;
    }
  }

  function uiLink(id: string): string | undefined {
    if (services.temporalUi === undefined) return undefined;
    return `${services.temporalUi}/namespaces/${temporal.options.namespace}/workflows/${encodeURIComponent(id)}`;
  }
};
