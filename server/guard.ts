import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import helmet from 'helmet';
import { TrainyardError } from '@trainyard/errors';
import type { KeyRing } from './keys.js';
import { keyNeeded } from './problem.js';

export const SESSION_COOKIE = 'trainyard_session';

const SELF = ["'self'"];
const NONE = ["'none'"];

/** Of our own pages everything comes from here, and nothing is inline. There is no `https` of our own that could be asked for. */
const secure = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: NONE,
      scriptSrc: SELF,
      styleSrc: SELF,
      imgSrc: [...SELF, 'data:'],
      connectSrc: SELF,
      frameSrc: SELF,
      formAction: SELF,
      frameAncestors: NONE,
      baseUri: NONE,
    },
  },
  strictTransportSecurity: false,
});

export interface GuardOptions {
  readonly keys: KeyRing;
  /** Host names under which the server may be addressed; others are refused, against DNS rebinding. */
  readonly hosts: readonly string[];
  /** Ask for a key also where nothing is changed: set when others than this machine can reach the server. */
  readonly readsNeedKey: boolean;
  readonly predictionsNeedKey: boolean;
}

/** Puts the checks before all routes: host, key, origin; and the security headers on all replies. Cookies are read before it. */
export function guard(app: FastifyInstance, options: GuardOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    setHeaders(reply);
    checkHost(request, options.hosts);
    const name = nameOfRequest(request, options.keys);
    if (name !== undefined) request.keyName = name;
    const { access } = request.routeOptions.config;
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const needed =
      access === 'key' ||
      (access === 'predict' ? options.predictionsNeedKey : access !== 'open' && (!reads || options.readsNeedKey));
    if (needed && request.keyName === undefined) throw keyNeeded(`${request.method} ${path(request)} needs a key`);
  });
}

/** The headers that all replies carry; a route may set its own in their place. */
export function setHeaders(reply: FastifyReply): void {
  secure(reply.request.raw, reply.raw, () => undefined);
  void reply.headers({ 'permissions-policy': 'camera=(), microphone=(), geolocation=()', 'cache-control': 'no-store' });
}

const path = (request: FastifyRequest): string => request.url.split('?')[0] ?? request.url;

function checkHost(request: FastifyRequest, hosts: readonly string[]): void {
  if (hosts.includes('*')) return;
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (hosts.includes(host)) return;
  throw new TrainyardError('TY-HOST', {
    what: `this server does not go by the name "${host}"`,
    expected: hosts.join(' or '),
  });
}

/** Name of the key that came with the request: in the header, or as a session of this very site. */
function nameOfRequest(request: FastifyRequest, keys: KeyRing): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return keys.nameOf(bearer);
  const session = request.cookies[SESSION_COOKIE];
  if (session === undefined) return undefined;
  // A cookie travels by itself, so what changes something must have been sent by a page of ours.
  if (request.method !== 'GET' && request.method !== 'HEAD' && !sameOrigin(request)) return undefined;
  return keys.nameOfSession(session, Date.now());
}

/** True when a browser says that a page of this very server made the request. */
export function sameOrigin(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const { origin } = request.headers;
  // A form that is sent without a script says `null`, since our pages give no referrer.
  if (origin === undefined || origin === 'null') return site === 'same-origin';
  try {
    return new URL(origin).host === request.headers.host;
  } catch {
    return false;
  }
}
