import rateLimit from '@fastify/rate-limit';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler, onRequestHookHandler } from 'fastify';
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
  request.keyName === undefined ? addressOf(request) : `key ${request.keyName}`;

/** Of a connection it is always the same, and takes a while to find. */
const ADDRESSES = new WeakMap<Socket, string>();

function addressOf(request: FastifyRequest): string {
  const known = ADDRESSES.get(request.socket);
  if (known !== undefined) return known;
  const address = `address ${rateLimit.normalizeIP(request.ip)}`;
  ADDRESSES.set(request.socket, address);
  return address;
}

/**
 * Refuses what one caller asks above the limits, before its body is read: TY-RATE, 429, `Retry-After` in seconds. All
 * routes of a group (`config.limit`) share one count, which is this process's own and starts with it. Comes after the
 * guard, which tells whose key it is, and before the routes.
 */
export function rateLimits(app: FastifyInstance, limits: Limits): void {
  void app.register(rateLimit, { global: false, keyGenerator: callerOf }).after(() => {
    const limiters = new Map<keyof Limits, onRequestAsyncHookHandler | onRequestHookHandler>();
    for (const [group, max] of Object.entries(limits) as [keyof Limits, number | false][])
      if (max !== false)
        limiters.set(group, group === 'predictions' ? quickLimiter(group, max) : limiter(app, group, max));
    app.addHook('onRoute', (route) => {
      const limit = route.config?.limit === undefined ? undefined : limiters.get(route.config.limit);
      if (limit) route.onRequest = [...[route.onRequest ?? []].flat(), limit as onRequestHookHandler];
    });
  });
}

function limiter(app: FastifyInstance, group: keyof Limits, max: number): onRequestAsyncHookHandler {
  return app.rateLimit({
    max,
    timeWindow: WINDOW_MS,
    errorResponseBuilder: (request, { ttl }) => tooMany(callerOf(request), group, max, Math.ceil(ttl / 1000)),
  }) as onRequestAsyncHookHandler;
}

function tooMany(caller: string, group: keyof Limits, max: number, seconds: number): TrainyardError {
  return new TrainyardError('TY-RATE', {
    what: `${caller} has sent more than ${max} ${COUNTED[group]} within a minute`,
    expected: `at most ${max} a minute: server.limits.${group} of temporal.config.ts`,
    remedy: `ask again in ${seconds} seconds; if that is too few, raise the limit`,
  });
}

/** Callers whose count is kept; beyond that those go whose minute is over, then those that came first. */
const MOST_CALLERS = 5000;

/**
 * The same count, and the same headers, without a promise and a store between: for what is asked thousands of times a second, where
 * the plugin takes as long as a small model.
 */
function quickLimiter(group: keyof Limits, max: number): onRequestHookHandler {
  const counts = new Map<string, { count: number; until: number }>();
  const limit = String(max);
  return (request, reply, done) => {
    const caller = callerOf(request);
    const now = Date.now();
    let entry = counts.get(caller);
    if (entry === undefined || entry.until <= now) {
      if (counts.size >= MOST_CALLERS) makeRoom(counts, now);
      counts.delete(caller);
      counts.set(caller, (entry = { count: 0, until: now + WINDOW_MS }));
    }
    entry.count++;
    const seconds = Math.ceil((entry.until - now) / 1000);
    void reply
      .header('x-ratelimit-limit', limit)
      .header('x-ratelimit-remaining', Math.max(0, max - entry.count))
      .header('x-ratelimit-reset', seconds);
    if (entry.count <= max) return done();
    void reply.header('retry-after', seconds);
    done(tooMany(caller, group, max, seconds));
  };
}

function makeRoom(counts: Map<string, { until: number }>, now: number): void {
  for (const [caller, { until }] of counts) if (until <= now) counts.delete(caller);
  for (const caller of counts.keys()) {
    if (counts.size < MOST_CALLERS) break;
    counts.delete(caller);
  }
}
