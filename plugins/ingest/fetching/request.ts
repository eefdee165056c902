import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { isTrainyardError, TransientError, UserError } from '../../../core/index.js';
import { isInside, leadsInside, publicLookup, refuseInside } from './addresses.js';

/** How a request goes out. */
export interface RequestOptions {
  readonly url: URL;
  readonly method?: 'GET' | 'HEAD';
  /** Sent to the origin of `url` alone, not to another one that it redirects to. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Redirects that are followed; default 5. */
  readonly redirects?: number;
  /** Most milliseconds without a byte; default 60,000. */
  readonly idleMs?: number;
  /** Addresses that are not of the public Internet are refused from the start, not only where a public one redirects there. */
  readonly publicOnly?: boolean;
  /** Whether a redirect to this address is followed; asked for each. */
  readonly follows?: (to: URL) => boolean;
  /** What messages call an address; by default without its query. */
  readonly say?: (url: URL) => string;
  readonly signal: AbortSignal;
}

/** An answer whose body is still to come. Whoever has it reads or destroys the body. */
export interface Answer {
  readonly status: number;
  /** Where it came from in the end. */
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: http.IncomingMessage;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request and follows redirects, within bounds: so many, never from https to http, never from a public address into
 * a private network. Throws a TransientError where the connection does not hold, a UserError for an address that cannot be.
 */
export async function request(options: RequestOptions): Promise<Answer> {
  const { headers = {}, redirects = 5, follows = () => true, say = sayUrl, signal } = options;
  const origin = options.url.origin;
  let { url } = options;
  let publicOnly = options.publicOnly ?? false;
  for (let left = redirects; ; left--) {
    signal.throwIfAborted();
    const own = url.origin === origin ? headers : withoutSecrets(headers);
    const body = await send(url, own, publicOnly, options);
    const { statusCode: status = 0, headers: given } = body;
    if (!REDIRECTS.has(status) || given.location === undefined) return { status, url, headers: given, body };
    body.resume();
    const to = parseLocation(given.location, url, say);
    if (!follows(to)) return { status, url: to, headers: given, body };
    if (left === 0) {
      throw new UserError(`${say(options.url)} redirects more than ${redirects} times`, {
        expected: `at most ${redirects} redirects`,
        actual: `the last leads to ${say(to)}`,
      });
    }
    if (url.protocol === 'https:' && to.protocol === 'http:') {
      throw new UserError(`${say(url)} redirects from https to http`, {
        expected: 'a redirect that stays on https',
        actual: say(to),
      });
    }
    publicOnly ||= !(await leadsInside(url.hostname));
    url = to;
  }
}

function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  publicOnly: boolean,
  { method = 'GET', idleMs = 60_000, say = sayUrl, signal }: RequestOptions,
): Promise<http.IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (publicOnly && isIP(host) && isInside(host)) return Promise.reject(refuseInside(host));
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'https:' ? https : http;
    const sent = client.request(url, {
      method,
      headers: { 'accept-encoding': 'identity', 'user-agent': 'trainyard', accept: '*/*', ...headers },
      signal,
      agent: false,
      ...(publicOnly ? { lookup: publicLookup } : {}),
    });
    sent.setTimeout(idleMs, () => sent.destroy(new TransientError(`${say(url)} says nothing for ${idleMs / 1000} s`)));
    sent.on('error', (error) => reject(toldOf(error, say(url), signal)));
    sent.on('response', resolve);
    sent.end();
  });
}

/** What a connection threw, for people: it may pass, but for a name that nobody knows and a certificate that does not hold. */
export function toldOf(error: unknown, address: string, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
  if (isTrainyardError(error)) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || /^(CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) {
    return new UserError(`${address} cannot be reached`, {
      actual: code === 'ENOTFOUND' ? 'no such host' : code,
      remedy: 'correct the address, or the certificate there',
    });
  }
  return new TransientError(`the connection to ${address} did not hold`, { actual: code || message });
}

/** An address without what may be secret in it. */
export function sayUrl(url: URL): string {
  return `${url.origin}${url.pathname}${url.search ? '?…' : ''}`;
}

function parseLocation(location: string, from: URL, say: (url: URL) => string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to && /^https?:$/.test(to.protocol) && to.username === '' && to.password === '') return to;
  throw new UserError(`${say(from)} redirects to what is no address`, {
    expected: 'an http(s) address',
    actual: to?.protocol ?? 'text',
  });
}

/** What another origin is told: nothing that its owner was not meant to know. */
function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = /^(accept|accept-language|range|if-range|if-none-match|if-modified-since|if-match|user-agent)$/i;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => kept.test(name)));
}
