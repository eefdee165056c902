import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../../core/index.js';
import { fetchPage, type Fetched, type Fetching } from './fetch-page.js';
import { decodePage, readPage } from './page.js';
import { robotsOf, type Robots } from './robots.js';

/** A page as it was met. */
export interface CrawledPage {
  readonly url: string;
  readonly depth: number;
  readonly status: number | undefined;
  readonly type: string;
  /** SHA-256 of its bytes; undefined where there are none. */
  readonly digest: string | undefined;
  readonly redirectsTo: string | undefined;
  readonly fault: string | undefined;
  readonly licence: string | undefined;
  readonly language: string | undefined;
  readonly title: string | undefined;
  readonly text: string | undefined;
}

export interface Walk extends Fetching {
  readonly start: readonly string[];
  readonly hosts: readonly string[];
  readonly depth: number;
  readonly maxPages: number;
  readonly perSecond: number;
}

/** The longest pause that a host may ask for, s. */
const LONGEST_DELAY = 120;

/**
 * Goes from page to page: those one link away from the start before those two away, in each such ring by their addresses. So
 * the same sites give the same pages, whatever answers when. Pages that robots.txt forbids are counted, not asked for.
 */
export async function* walk(what: Walk): AsyncGenerator<CrawledPage, { forbidden: number; left: number }> {
  const hosts = new Set([
    ...what.start.map((url) => new URL(url).host),
    ...what.hosts.map((host) => host.toLowerCase()),
  ]);
  const visited = new Set<string>();
  const pace = new Pace(what);
  let [forbidden, left, pages] = [0, 0, 0];
  let ring = what.start.map((url) => plain(new URL(url)));
  for (let depth = 0; depth <= what.depth && ring.length > 0; depth++) {
    const further: string[] = [];
    // What a page redirects to lies as far away as the page itself.
    for (let now = ring; now.length > 0;) {
      const again: string[] = [];
      for (const address of [...new Set(now)].sort()) {
        if (visited.has(address)) continue;
        visited.add(address);
        const url = new URL(address);
        if (pages >= what.maxPages) {
          left++;
          continue;
        }
        if (!(await pace.robots(url)).allows(url)) {
          forbidden++;
          continue;
        }
        pages++;
        const { page, links } = read(url, depth, await pace.fetch(url));
        yield page;
        const within = (to: URL): boolean => /^https?:$/.test(to.protocol) && hosts.has(to.host);
        if (page.redirectsTo !== undefined && within(new URL(page.redirectsTo)))
          again.push(plain(new URL(page.redirectsTo)));
        further.push(...links.filter(within).map(plain));
      }
      now = again;
    }
    ring = further;
  }
  return { forbidden, left };
}

/** An address without the part after #: the same page. */
function plain(url: URL): string {
  const same = new URL(url);
  same.hash = '';
  return same.href;
}

function read(url: URL, depth: number, fetched: Fetched): { page: CrawledPage; links: URL[] } {
  const { status, bytes, fault, to } = fetched;
  const type = fetched.type.split(';')[0]!.trim().toLowerCase();
  const found = status !== undefined && status >= 200 && status < 300 && fault === undefined && to === undefined;
  const isHtml = /^(text\/html|application\/xhtml\+xml)$/.test(type);
  const html = found && isHtml ? readPage(decodePage(bytes, fetched.type)) : undefined;
  const base = html?.base !== undefined && URL.canParse(html.base, url.href) ? new URL(html.base, url) : url;
  const licences = new Set([
    ...(html?.licences ?? []).map((one) => absolute(one, base)),
    ...[...fetched.link.matchAll(/<([^>]*)>\s*;[^,]*\brel="?license"?/gi)].map(([, one = '']) => absolute(one, url)),
  ]);
  const links = /\b(nofollow|none)\b/i.test(fetched.robots) ? [] : (html?.links ?? []);
  return {
    page: {
      url: url.href,
      depth,
      status,
      type,
      digest: found ? createHash('sha256').update(bytes).digest('hex') : undefined,
      redirectsTo: to?.href,
      fault,
      licence: licences.size === 0 ? undefined : [...licences].sort().join('\n'),
      language: html?.language,
      title: html?.title,
      text: html?.text ?? (found && type === 'text/plain' ? decodePage(bytes, fetched.type) : undefined),
    },
    links: links.flatMap((link) => (URL.canParse(link, base.href) ? [new URL(link, base)] : [])),
  };
}

/** An address in full; words stay words. */
function absolute(text: string, base: URL): string {
  return /^([a-z][a-z0-9+.-]*:|[./#?])/i.test(text) && URL.canParse(text, base.href) ? new URL(text, base).href : text;
}

/** Asks each host no faster than it may be asked. */
class Pace {
  private readonly known = new Map<string, Promise<Robots>>();
  private readonly last = new Map<string, number>();

  constructor(private readonly what: Walk) {}

  /** What robots.txt of a page's origin says, asked for once. */
  robots(url: URL): Promise<Robots> {
    let robots = this.known.get(url.origin);
    if (!robots) {
      robots = robotsOf(url.origin, this.what.agent, (one) => this.followed(one));
      this.known.set(url.origin, robots);
    }
    return robots;
  }

  async fetch(url: URL): Promise<Fetched> {
    const { delay } = await this.robots(url);
    if (delay > LONGEST_DELAY) {
      throw new UserError(`${url.host} asks for ${delay} s between two pages (Crawl-delay in robots.txt)`, {
        expected: `at most ${LONGEST_DELAY} s`,
        remedy: 'leave that host out of the crawl, or ask its owner for the data',
      });
    }
    await this.wait(url.host, Math.max(1 / this.what.perSecond, delay) * 1000);
    return fetchPage(url, this.what);
  }

  /** robots.txt, also where it was moved to: five redirects, as RFC 9309 has it. */
  private async followed(url: URL): Promise<Fetched> {
    let at = url;
    for (let left = 5; ; left--) {
      await this.wait(at.host, 1000 / this.what.perSecond);
      const fetched = await fetchPage(at, this.what);
      // After so many it counts as not there.
      if (fetched.to === undefined) return fetched;
      if (left === 0) return { ...fetched, to: undefined, status: 404 };
      at = fetched.to;
    }
  }

  private async wait(host: string, pauseMs: number): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, (this.last.get(host) ?? -Infinity) + pauseMs);
    this.last.set(host, at);
    if (at > now) await sleep(at - now, undefined, { signal: this.what.signal });
  }
}
