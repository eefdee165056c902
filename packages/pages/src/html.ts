const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A page may be put together of pieces that another copy of this library has made, such as a plugin's. JSON holds no symbol. */
const BRAND = Symbol.for('trainyard.html');

/** HTML that may stand as it is; only `html` and `trusted` make it. */
export class Html {
  readonly [BRAND] = true;
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

export type HtmlPart = Html | string | number | boolean | null | undefined | readonly HtmlPart[];

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

function isHtml(part: unknown): part is Html {
  return typeof part === 'object' && part !== null && BRAND in part;
}

function say(part: HtmlPart): string {
  if (part === null || part === undefined || part === false || part === true) return '';
  if (isHtml(part)) return part.text;
  if (Array.isArray(part)) return (part as readonly HtmlPart[]).map(say).join('');
  return escapeHtml(String(part));
}

/** A piece of a page: every value put into it is escaped, unless it is HTML itself; lists are joined, `false` and `undefined` are nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let text = strings[0] ?? '';
  parts.forEach((part, index) => {
    text += say(part) + (strings[index + 1] ?? '');
  });
  return new Html(text);
}

/** Marks text of our own making (an SVG that we drew) as HTML. Never for what came from outside. */
export function trusted(text: string): Html {
  return new Html(text);
}
