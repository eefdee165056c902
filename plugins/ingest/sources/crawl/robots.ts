import parserOf from 'robots-parser';
import { TransientError } from '../../../../core/index.js';
import type { Fetched } from './fetch-page.js';

/** What a host lets us read. */
export interface Robots {
  allows(url: URL): boolean;
  /** Seconds between two requests that it asks for. */
  readonly delay: number;
}

type RobotsParser = (
  url: string,
  text: string,
) => {
  isAllowed(url: string, agent: string): boolean | undefined;
  getCrawlDelay(agent: string): number | undefined;
};

/**
 * What robots.txt of an origin says to an agent (RFC 9309): one that is not there (4xx) forbids nothing; of one that cannot
 * be reached (5xx, 429, no connection) everything has to be taken as forbidden, so that the crawl does not begin.
 */
export async function robotsOf(origin: string, agent: string, fetch: (url: URL) => Promise<Fetched>): Promise<Robots> {
  const token = /^[A-Za-z_-]+/.exec(agent)?.[0] ?? agent;
  const url = new URL('/robots.txt', origin);
  const { status, bytes, fault } = await fetch(url);
  if (status !== undefined && status >= 400 && status < 500 && status !== 429) return { allows: () => true, delay: 0 };
  if (status === undefined || status < 200 || status >= 300) {
    throw new TransientError(`${url.href} cannot be read: nothing of that host may be, then (RFC 9309)`, {
      actual: fault ?? `status ${status}`,
      remedy: 'it is tried again; leave that host out of the crawl if it stays so',
    });
  }
  const text = new TextDecoder().decode(bytes);
  const parsed = (parserOf as unknown as RobotsParser)(url.href, text);
  return {
    allows: (one) => one.pathname === '/robots.txt' || parsed.isAllowed(one.href, token) !== false,
    delay: parsed.getCrawlDelay(token) ?? 0,
  };
}
