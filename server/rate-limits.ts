import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { Limits } from '../core/config.js';
import { TrainyardError } from '@trainyard/errors';

const WINDOW_MS = 60_000;

/** What of each group is counted, as an error names it. */
const COUNTED: Readonly<Record<keyof Limits, string>> = {
  predictions: 'requests for predictions',
  decisions: 'decisions about runs',
  signIns: 'attempts to sign in',
};

/** Who asks: a key by its name, anybody else by the address, of IPv6 by the network of 64 bits. */
const callerOf = (request: FastifyRequest): string =>
  request.keyName === undefined ? `address ${rateLimit.normalizeIP(request.ip)}` : `key ${request.keyName}`;

/**
 * Refuses what one caller asks above the limits, before its body is read: TY-RATE, 429, `Retry-After` in seconds. All
 * routes of a group (`config.limit`) share one count, which is this process's own and starts with it. Comes after the
 * guard, which tells whose key it is, and before the routes.
 */
export function rateLimits(app: FastifyInstance, limits: Limits): void {
  void app.register(rateLimit, { global: false, keyGenerator: callerOf }).after(() => {
    const limiters = new Map<keyof Limits, onRequestAsyncHookHandler>();
    for (const [group, max] of Object.entries(limits) as [keyof Limits, number | false][])
      if (max !== false) limiters.set(group, limiter(app, group, max));
    app.addHook('onRoute', (route) => {
      const limit = route.config?.limit === undefined ? undefined : limiters.get(route.config.limit);
      if (limit) route.onRequest = [...[route.onRequest ?? []].flat(), limit];
    });
  });
}

function limiter(app: FastifyInstance, group: keyof Limits, max: number): onRequestAsyncHookHandler {
  return app.rateLimit({
    max,
    timeWindow: WINDOW_MS,
    errorResponseBuilder: (request, { ttl }) =>
      new TrainyardError('TY-RATE', {
        what: `${callerOf(request)} has sent more than ${max} ${COUNTED[group]} within a minute`,
        expected: `at most ${max} a minute: server.limits.${group} of temporal.config.ts`,
        remedy: `ask again in ${Math.ceil(ttl / 1000)} seconds; if that is too few, raise the limit`,
      }),
  }) as onRequestAsyncHookHandler;
}
