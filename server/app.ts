import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { TrainyardError } from '../core/errors/index.js';
import { onDamaged } from '../store/index.js';
import { guard } from './guard.js';
import { KeyRing, type AccessKey } from './keys.js';
import { problemPage } from './pages/problem.js';
import { problemOf, sendProblem, wantsPage } from './problem.js';
import { routes } from './routes.js';
import type { RouteModule, Services } from './services.js';
import { sessionRoutes } from './sessions.js';

export interface ServerOptions {
  readonly services: Services;
  readonly keys: readonly AccessKey[];
  readonly logger?: FastifyBaseLogger | undefined;
  /** Routes beside the server's own. */
  readonly routes?: readonly RouteModule[] | undefined;
  /** Further host names under which it may be addressed; `*` for any, behind a proxy that checks. */
  readonly hosts?: readonly string[] | undefined;
  /** Ask for a key also where nothing is changed. */
  readonly readsNeedKey?: boolean | undefined;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** The HTTP server: run pages, label reviews, predictions. It listens only once `listen` is called. */
export function createServer(options: ServerOptions): FastifyInstance {
  const app = fastify({
    ...(options.logger ? { loggerInstance: options.logger } : {}),
    bodyLimit: 4 * 1024 * 1024,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
  });
  const keys = new KeyRing(options.keys);
  app.decorateRequest('keyName', undefined);
  guard(app, {
    keys,
    hosts: [...LOOPBACK, ...(options.hosts ?? [])],
    readsNeedKey: options.readsNeedKey ?? false,
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
    if (!wantsPage(request)) return sendProblem(reply, error);
    return reply.code(problem.status).type('text/html; charset=utf-8').send(problemPage(problem, request.keyName).text);
  });
  app.setNotFoundHandler(async (request) => {
    throw Object.assign(new Error(`there is nothing at ${request.method} ${request.url.split('?')[0]}`), {
      statusCode: 404,
    });
  });
  const endNaming = onDamaged(({ error }) => app.log.warn(error.message));
  app.addHook('onClose', async () => endNaming());
  sessionRoutes(app, keys);
  for (const module of [...routes, ...(options.routes ?? [])])
    void app.register(module, { services: options.services });
  return app;
}

/**
 * Starts listening, by default on the loopback address and any free port; gives the server's URL.
 * Throws TY-PORT-IN-USE.
 */
export async function listen(app: FastifyInstance, at: { host?: string; port?: number } = {}): Promise<string> {
  const { host = '127.0.0.1', port = 0 } = at;
  try {
    await app.listen({ host, port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new TrainyardError('TY-PORT-IN-USE', {
      what: `port ${port}, wanted for the HTTP server, is in use`,
      remedy: 'stop that program, or choose another port (0 takes any free one)',
      cause,
    });
  }
  const { address, port: bound, family } = app.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
}
