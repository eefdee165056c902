import cookies from '@fastify/cookie';
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type preHandlerHookHandler,
} from 'fastify';
import type { AddressInfo } from 'node:net';
import { limitsSchema, type Limits } from '../core/config.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import { makeLog, type LogDestination } from '../project/log.js';
import { onDamaged } from '../store/index.js';
import { guard, setHeaders } from './guard.js';
import { jsonBodies } from './json-body.js';
import { KeyRing, type AccessKey } from './keys.js';
import { openApi } from './openapi.js';
import { problemPage } from './pages/problem.js';
import { problemOf, sendProblem, wantsPage } from './problem.js';
import { rateLimits } from './rate-limits.js';
import { routes } from './routes.js';
import type { RouteModule, Services } from './services.js';
import { sessionRoutes } from './sessions.js';

export interface ServerOptions {
  readonly services: Services;
  readonly keys: readonly AccessKey[];
  /** Where its log goes, a line of JSON each. The error stream by default, with the faults of the server alone. */
  readonly log?: LogDestination | undefined;
  /** Hides the values of secrets in what is logged. */
  readonly clean?: ((text: string) => string) | undefined;
  /** Routes beside the server's own. */
  readonly routes?: readonly RouteModule[] | undefined;
  /** Further host names under which it may be addressed; `*` for any, behind a proxy that checks. */
  readonly hosts?: readonly string[] | undefined;
  /** Ask for a key also where nothing is changed. */
  readonly readsNeedKey?: boolean | undefined;
  /** Ask for a key for predictions, too. */
  readonly predictionsNeedKey?: boolean | undefined;
  /** How often one caller may ask, as `server.limits` of the configuration; its defaults where nothing is said. */
  readonly limits?: Limits | undefined;
  /** Longest time for a request to come in whole, body included, ms. Default one minute. */
  readonly requestMs?: number | undefined;
}

/** Bytes of a body; routes that take rows allow more. */
const BODY_BYTES = 1024 * 1024;
/** How long a connection may be silent, ms: longer than any route waits for another part. */
const SILENT_MS = 120_000;

/** How long Temporal is waited for by one request, ms. */
const TEMPORAL_MS = 10_000;
/** How long a server that ends waits for its last answers, ms. */
const LAST_ANSWERS_MS = 5_000;

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** The HTTP server: run pages, label reviews, predictions. It listens only once `listen` is called. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { log, requestMs = 60_000, limits = limitsSchema.parse({}) } = options;
  const logger = makeLog('server', log ?? process.stderr, { level: log ? 'info' : 'error', clean: options.clean });
  const app = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // One for all requests: what is said of a request names it.
    childLoggerFactory: (parent) => parent,
    bodyLimit: BODY_BYTES,
    // A body that never comes, or a client that reads nothing, is let go.
    requestTimeout: requestMs,
    connectionTimeout: SILENT_MS,
    http: { headersTimeout: Math.min(20_000, requestMs), connectionsCheckingInterval: Math.min(5_000, requestMs) },
    // What is asked already is answered; who keeps it waiting for longer is not waited for.
    forceCloseConnections: 'idle',
    // What fits no route never comes to the guard.
    frameworkErrors: (error, request, reply) => {
      setHeaders(reply);
      return answerProblem(error, request, reply);
    },
    routerOptions: { maxParamLength: 512 },
  });
  jsonBodies(app);
  const keys = new KeyRing(options.keys);
  app.decorateRequest('keyName', undefined);
  void app.register(cookies);
  const checkUnknown = guard(app, {
    keys,
    hosts: [...LOOPBACK, ...(options.hosts ?? [])].map((name) => name.toLowerCase()),
    readsNeedKey: options.readsNeedKey ?? false,
    predictionsNeedKey: options.predictionsNeedKey ?? false,
  });
  rateLimits(app, limits);
  openApi(app);
  const { temporal } = options.services.client;
  // Also what asks Temporal without a limit of its own is answered: with what is known, or that Temporal is away.
  const bounded: preHandlerHookHandler = (_request, _reply, done) => {
    void temporal.withDeadline(Date.now() + TEMPORAL_MS, async () => done());
  };
  app.addHook('onRoute', (route) => {
    // Predictions ask Temporal for nothing.
    if (route.config?.access !== 'predict') route.preHandler = [bounded, ...[route.preHandler ?? []].flat()];
  });
  app.addHook('preClose', async () => {
    setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS).unref();
  });
  app.setErrorHandler(answerProblem);
  app.setNotFoundHandler(async (request, reply) => {
    checkUnknown(request, reply);
    throw Object.assign(new Error(`there is nothing at ${request.method} ${request.url.split('?')[0]}`), {
      statusCode: 404,
    });
  });
  const endNaming = onDamaged(({ error }) => app.log.warn(error.message));
  app.addHook('onClose', async () => endNaming());
  void app.register(async (scope) => sessionRoutes(scope, keys));
  for (const module of [...routes, ...(options.routes ?? [])])
    void app.register(module, { services: options.services });
  return app;
}

/** An error as a page for a browser, as problem details for a program; a fault of ours goes to the log. */
function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.status === 500) {
    const { method, url } = request;
    request.log.error(
      { err: error, reqId: request.id, method, url, ...(isTrainyardError(error) ? error.where : {}) },
      'a fault',
    );
  }
  if (!wantsPage(request)) return sendProblem(reply, error);
  return reply.code(problem.status).type('text/html; charset=utf-8').send(problemPage(problem, request.keyName).text);
}

/**
 * Starts listening, by default on the loopback address and any free port; gives the server's URL.
 * Throws TY-PORT-IN-USE, TY-CONFIG.
 */
export async function listen(app: FastifyInstance, at: { host?: string; port?: number } = {}): Promise<string> {
  const { host = '127.0.0.1', port = 0 } = at;
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'].includes(code ?? ''))
      throw new TrainyardError('TY-CONFIG', {
        what: `this machine has no address "${host}"`,
        where: { field: 'server.host' },
        expected: '127.0.0.1 for this machine alone, 0.0.0.0 for all of its addresses, or one of them',
        remedy: 'correct --host, or server.host in temporal.config.ts',
        cause,
      });
    if (code !== 'EADDRINUSE') throw cause;
    throw new TrainyardError('TY-PORT-IN-USE', {
      what: `port ${port}, wanted for the HTTP server, is in use`,
      remedy: 'stop that program, or choose another port (0 takes any free one)',
      cause,
    });
  }
  const { address, port: bound, family } = app.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
}
