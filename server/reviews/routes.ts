import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import { listReviews, ReviewDesk, reviewState, type NextReply } from '../../client/reviews.js';
import { TrainyardError } from '@trainyard/errors';
import { sayIssues } from '../../core/pipeline.js';
import type { ReviewSpec, ReviewState } from '../../workflows/review/contract.js';
import { says } from '../openapi.js';
import type { RouteModule } from '../services.js';
import { Queues } from './queues.js';

/** `all` is there or not, whatever it says; of what is sent twice the form decides nothing. */
const listQuery = z.object({ all: z.unknown().optional() });
const stateQuery = z.object({ reviewer: z.string().max(100).optional() });
const nextQuery = z.object({
  reviewer: z.string().min(1).max(100),
  hold: z.coerce.number().int().min(1).max(20).default(1),
});
const answerBody = z.strictObject({
  item: z.int().min(0),
  label: z.string(),
  reviewer: z.string().min(1).max(100),
  note: z.string().max(2000).optional(),
  ms: z.number().min(0),
  requestId: z.string().min(1).max(100),
  revises: z.string().max(100).optional(),
  hold: z.int().min(1).max(20).default(1),
});

type Named = { Params: { id: string } };

/** Label reviews: the page for people, and the same interface for programs. Ids are Workflow ids, URL-encoded. */
export const reviewRoutes: RouteModule = async (app, { services }) => {
  const { temporal } = services.client;
  const queues = new Queues(services.store);
  const desk = new ReviewDesk({ temporal });
  const specs = new Map<string, ReviewSpec>();

  /** What is asked never changes: one query for each review and server. */
  const specOf = async (id: string): Promise<ReviewSpec> => {
    const known = specs.get(id) ?? (await reviewState({ temporal }, id)).spec;
    if (specs.size > 1000) specs.clear();
    specs.set(id, known);
    return known;
  };

  const withRows = async (id: string, { held, items: total, ...progress }: NextReply) => {
    const spec = await specOf(id);
    const queue = await queues.get(spec.queue);
    // Why a row is looked at is not told: who knows that it is a suspect judges it differently.
    const items = held.map((item) => {
      const of = queue.items[item];
      return { item, row: of?.row, given: of?.given, cells: of?.cells };
    });
    return { ...progress, total, items };
  };

  app.get('/api/reviews', says('Label reviews', { query: listQuery }), async (request) => {
    const { all } = parse(listQuery, request.query);
    return { reviews: await listReviews(services.client, { all: all !== undefined }) };
  });

  app.get<Named>('/api/reviews/:id', says('How a review stands', { query: stateQuery }), async (request) => {
    const { id } = request.params;
    const { reviewer } = parse(stateQuery, request.query);
    const state = await reviewState({ temporal }, id, reviewer);
    const { columns } = await queues.get(state.spec.queue);
    return { ...publicState(id, state), columns };
  });

  app.get<Named>(
    '/api/reviews/:id/next',
    says('The next rows for a reviewer', { query: nextQuery }, { access: 'key' }),
    async (request) => {
      const { id } = request.params;
      const asked = parse(nextQuery, request.query);
      return withRows(id, await desk.next(id, asked));
    },
  );

  app.post<Named>('/api/reviews/:id/answers', says('Answers for a row', { body: answerBody }), async (request) => {
    const { id } = request.params;
    const { note, revises, ...answer } = parse(answerBody, request.body);
    const reply = await desk.answer(id, {
      ...answer,
      ...(note === undefined ? {} : { note }),
      ...(revises === undefined ? {} : { revises }),
    });
    return withRows(id, reply);
  });

  app.get<Named>(
    '/reviews/:id',
    says('The page of a review', { gives: 'page' }),
    async (request: FastifyRequest<Named>, reply) => {
      const { id } = request.params;
      const [state, { reviewPage }] = await Promise.all([
        reviewState({ temporal }, id),
        // It brings the reader of Markdown, which no other page needs.
        import('../pages/review.js'),
      ]);
      return reply.type('text/html; charset=utf-8').send(reviewPage(id, state, request.keyName).text);
    },
  );
};

function publicState(id: string, state: ReviewState) {
  const { spec, ...rest } = state;
  const { label, labels, guideline, reviewers, byDefault } = spec;
  return { id, ...rest, label, labels, guideline, reviewers, byDefault };
}

function parse<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new TrainyardError('TY-PARAM', {
    what: `the request is not valid: ${sayIssues(parsed.error)}`,
    where: { field: parsed.error.issues[0]?.path.join('.') || undefined },
  });
}
