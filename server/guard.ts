import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
} from 'fastify';
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

/** What helmet sets is the same for all replies: asked once. */
const PAGE_HEADERS: Readonly<Record<string, string>> = headersOf({
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
});

/** Of JSON for programs a browser shows nothing: fewer headers, which take a tenth of the time of a small answer. */
const DATA_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

function headersOf(more: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = { ...more };
  const reply = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  secure({} as never, reply as never, () => undefined);
  return headers;
}

export interface GuardOptions {
  readonly keys: KeyRing;
  /** Host names under which the server may be addressed; others are refused, against DNS rebinding. */
  readonly hosts: readonly string[];
  /** Ask for a key also where nothing is changed: set when others than this machine can reach the server. */
  readonly readsNeedKey: boolean;
  readonly predictionsNeedKey: boolean;
}

/** The checks before a handler: host, key, origin; and the security headers. */
export type Check = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Puts the checks before all routes that are registered after it; what they need to know of a route is looked up once. Cookies are
 * read before it. Gives the check for requests that fit no route.
 */
export function guard(app: FastifyInstance, options: GuardOptions): Check {
  app.addHook('onRoute', (route) => {
    const check = checkOf(route.config?.access, options);
    const hook: onRequestHookHandler = (request, reply, done) => {
      try {
        check(request, reply);
      } catch (error) {
        return done(error as Error);
      }
      done();
    };
    route.onRequest = [hook, ...[route.onRequest ?? []].flat()];
  });
  return checkOf(undefined, options);
}

function checkOf(access: FastifyContextConfig['access'], options: GuardOptions): Check {
  const { keys, hosts, readsNeedKey, predictionsNeedKey } = options;
  const anyHost = hosts.includes('*');
  const headers = access === 'predict' ? DATA_HEADERS : PAGE_HEADERS;
  const needsKey = (reads: boolean): boolean =>
    access === 'key' || (access === 'predict' ? predictionsNeedKey : access !== 'open' && (!reads || readsNeedKey));
  const [ofReads, ofOthers] = [needsKey(true), needsKey(false)];
  return (request, reply) => {
    void reply.headers(headers);
    if (!anyHost) checkHost(request, hosts);
    const name = nameOfRequest(request, keys);
    if (name !== undefined) request.keyName = name;
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if ((reads ? ofReads : ofOthers) && name === undefined)
      throw keyNeeded(`${request.method} ${path(request)} needs a key`);
  };
}

/** The headers that all replies carry; a route may set its own in their place. */
export function setHeaders(reply: FastifyReply): void {
  void reply.headers(PAGE_HEADERS);
}

const path = (request: FastifyRequest): string => request.url.split('?')[0] ?? request.url;

const LET_IN = new WeakMap<readonly string[], Set<string>>();
const MOST_LET_IN = 100;

function checkHost(request: FastifyRequest, hosts: readonly string[]): void {
  const given = request.headers.host ?? '';
  // Names that were let in, with their port, as they were sent: they are sent again and again.
  if (LET_IN.get(hosts)?.has(given)) return;
  const host = given.replace(/:\d+$/, '').toLowerCase();
  if (hosts.includes(host)) {
    const known = LET_IN.get(hosts) ?? new Set();
    LET_IN.set(hosts, known);
    if (known.size < MOST_LET_IN) known.add(given);
    return;
  }
  throw new TrainyardError('TY-HOST', {
    what: `this server does not go by the name "${host}"`,
    expected: hosts.join(' or '),
  });
}

/** Name of the key that came with the request: in the header, or as a session of this very site. */
function nameOfRequest(request: FastifyRequest, keys: KeyRing): string | undefined {
  const { authorization } = request.headers;
  const bearer = authorization === undefined ? undefined : /^Bearer (\S+)$/i.exec(authorization)?.[1];
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
