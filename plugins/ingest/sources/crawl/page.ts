import { Parser } from 'htmlparser2';

/** What a page says. */
export interface Page {
  readonly title: string | undefined;
  readonly language: string | undefined;
  /** Licences that it declares, as it does: addresses or words. Sorted, each once. */
  readonly licences: readonly string[];
  readonly text: string;
  /** Addresses of pages that it links to, as they are written, but for those that nobody is to follow. */
  readonly links: readonly string[];
  readonly base: string | undefined;
}

/** Elements whose content nobody reads. */
const UNREAD = new Set(['script', 'style', 'noscript', 'template', 'svg', 'math', 'iframe', 'object', 'select']);
/** Elements that begin a line of their own. */
const BLOCKS = new Set(
  `address article aside blockquote body br caption dd details dialog div dl dt fieldset figcaption figure footer form h1 h2
  h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul`.split(/\s+/),
);
/** Names of meta elements that hold a licence: Dublin Core and what is in use besides. */
const LICENCE_META = /^(license|licence|dc\.rights|dcterms\.(license|rights)|dc\.license|rights|copyright)$/i;
/** Reads a page: its text in lines as a reader sees them, its links, and what it says of its licence. */
export function readPage(html: string): Page {
  const [lines, licences, links] = [[''], new Set<string>(), new Set<string>()];
  let [title, language, base]: (string | undefined)[] = [];
  let [inTitle, inData, nofollow, unread] = ['', '', false, 0];
  let within: 'title' | 'data' | undefined;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const { href, rel = '', content, name: named = '', property = '' } = attributes;
        const relations = rel.toLowerCase().split(/\s+/);
        if (name === 'html') language ??= attributes['lang'] || undefined;
        if (name === 'base') base ??= href;
        if (/^(a|link|area)$/.test(name) && href !== undefined && relations.includes('license'))
          licences.add(href.trim());
        if (/^(a|area)$/.test(name) && href !== undefined && !relations.includes('nofollow')) links.add(href.trim());
        if (name === 'link' && href !== undefined && relations.some((one) => one === 'next' || one === 'prev'))
          links.add(href);
        if (name === 'meta' && content !== undefined) {
          if (LICENCE_META.test(named || property)) licences.add(content.trim());
          if (/^robots$/i.test(named) && /\b(nofollow|none)\b/i.test(content)) nofollow = true;
        }
        if (name === 'title' && title === undefined) within = 'title';
        if (name === 'script' && /ld\+json/i.test(attributes['type'] ?? '')) within = 'data';
        if (UNREAD.has(name)) unread++;
        else if (BLOCKS.has(name)) lines.push('');
      },
      ontext(text) {
        if (within === 'title') inTitle += text;
        else if (within === 'data') inData += text;
        else if (unread === 0) lines[lines.length - 1] += text;
      },
      onclosetag(name) {
        if (name === 'title' && within === 'title') {
          title = squeezed(inTitle) || undefined;
          within = undefined;
        }
        if (name === 'script' && within === 'data') {
          for (const one of licencesOfData(inData)) licences.add(one);
          [inData, within] = ['', undefined];
        }
        if (UNREAD.has(name)) unread--;
        else if (BLOCKS.has(name)) lines.push('');
      },
    },
    { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  );
  parser.end(html);
  return {
    title,
    language,
    licences: [...licences].filter((one) => one !== '').sort(),
    text: lines
      .map(squeezed)
      .filter((line) => line !== '')
      .join('\n'),
    links: nofollow ? [] : [...links],
    base,
  };
}

/** Licences in a page's data by schema.org (JSON-LD): addresses, or the names that stand for them. */
function licencesOfData(json: string): string[] {
  try {
    return walk(JSON.parse(json));
  } catch {
    return [];
  }
}

function walk(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name !== 'license') return walk(inner);
    return (Array.isArray(inner) ? inner : [inner]).flatMap((one: unknown) =>
      typeof one === 'string'
        ? [one]
        : ((one as { '@id'?: string; url?: string } | null)?.['@id'] ?? (one as { url?: string } | null)?.url ?? []),
    );
  });
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/**
 * The text of a page's bytes: by its byte order mark, the charset of its Content-Type, that of a meta element among its first
 * bytes, else UTF-8. What is not of that charset becomes U+FFFD, as in browsers.
 */
export function decodePage(bytes: Uint8Array, contentType: string): string {
  const head = Buffer.from(bytes.subarray(0, 2048)).toString('latin1');
  const declared =
    (bytes[0] === 0xef && bytes[1] === 0xbb ? 'utf-8' : undefined) ??
    /charset\s*=\s*["']?([\w:.-]+)/i.exec(contentType)?.[1] ??
    /<meta[^>]+charset\s*=\s*["']?([\w:.-]+)/i.exec(head)?.[1] ??
    'utf-8';
  try {
    return new TextDecoder(declared).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
