import swagger from '@fastify/swagger';
import type { FastifyContextConfig, FastifyInstance, RouteOptions } from 'fastify';
import { z } from 'zod';
import { packageVersion } from '../project/package-root.js';
import { problemSchema } from './problem.js';

/** What the document says of a route. */
export interface ApiNote {
  /** What it does or gives, in a few words. */
  readonly says: string;
  /** What stands behind the question mark. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The body is a form's. */
  readonly form?: boolean;
  /** What is answered where all is well. JSON by default. */
  readonly gives?: keyof typeof TYPES;
}

const TYPES = {
  json: 'application/json',
  page: 'text/html',
  svg: 'image/svg+xml',
  text: 'text/plain',
  css: 'text/css',
  file: 'application/octet-stream',
  redirect: undefined,
} as const;

/** The options of a route with what the document says of it, and who may ask it. */
export function says(
  text: string,
  note: Omit<ApiNote, 'says'> = {},
  who: Pick<FastifyContextConfig, 'access' | 'limit'> = {},
): { config: FastifyContextConfig } {
  return { config: { ...who, api: { says: text, ...note } } };
}

const KEY = 'key';

/**
 * Serves what all routes take and give as an OpenAPI 3.1 document, `/openapi.json`: made of the schemas that the routes
 * check with, when it is asked for. Comes before the routes.
 */
export function openApi(app: FastifyInstance): void {
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Trainyard', version: packageVersion(), description: 'Predictions, runs, reviews and models.' },
      components: {
        securitySchemes: { [KEY]: { type: 'http', scheme: 'bearer', description: 'A key of .trainyard/keys.json.' } },
      },
    },
    transform: ({ url, route }) => ({ url: addressOf(url), schema: operation(route as RouteOptions) }),
    transformObject: (made) => withProblems(('openapiObject' in made ? made.openapiObject : {}) as Made),
  });
  void app.register(async (scope) => {
    scope.get('/openapi.json', { config: { api: { says: 'This document' } } }, async () => app.swagger());
  });
}

/** A star stands for an id of several parts. */
const addressOf = (url: string): string => url.replace('/*', '/:id/:part');

function operation(route: RouteOptions): Record<string, unknown> {
  const { api, access } = route.config ?? {};
  const reads = route.method === 'GET';
  const type = TYPES[api?.gives ?? 'json'];
  return {
    summary: api?.says ?? String(route.url),
    tags: [tagOf(route.url)],
    // By default nobody needs a key to read; a server that other machines reach asks for one there, too.
    security:
      access === 'open'
        ? []
        : access === 'key' || (!reads && access !== 'predict')
          ? [{ [KEY]: [] }]
          : [{}, { [KEY]: [] }],
    ...(api?.query ? { querystring: queryOf(api.query) } : {}),
    ...(api?.body ? { body: jsonSchema(api.body, 'input') } : {}),
    ...(api?.form ? { consumes: ['application/x-www-form-urlencoded'] } : {}),
    response:
      type === undefined
        ? { 302: { type: 'null', description: 'The address that it has.' } }
        : { 200: { description: 'As docs/http.md shows.', content: { [type]: { schema: {} } } } },
  };
}

function tagOf(url: string): string {
  const [, first = '', second = ''] = url.split('/');
  if (first === 'v1' || first === 'v2') return 'predictions';
  if (first === 'api') return second === 'session' ? 'signing in' : second;
  return first === 'openapi.json' ? 'this interface' : 'pages';
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

/** Texts of an address become what the schema makes of them; what has a default may be left out. */
function queryOf(schema: z.ZodObject): Record<string, unknown> {
  const { required: _, ...made } = jsonSchema(schema, 'output');
  const { required } = jsonSchema(schema, 'input');
  return { ...made, ...(required === undefined ? {} : { required }) };
}

/** What of the document is added to. */
interface Made {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { responses: Record<string, unknown> }>>>>;
  readonly components?: object;
}

/** Every route may answer with problem details. */
function withProblems(made: Made): object {
  for (const methods of Object.values(made.paths ?? {}))
    for (const { responses } of Object.values(methods))
      responses['default'] = { $ref: '#/components/responses/problem' };
  return {
    ...made,
    components: {
      ...made.components,
      schemas: { problem: jsonSchema(problemSchema, 'output') },
      responses: {
        problem: {
          description: 'What is wrong, and what to do (RFC 9457).',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } } },
        },
      },
    },
  };
}
