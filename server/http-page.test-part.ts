import { readFileSync } from 'node:fs';

/** What docs/http.md says of one route. */
export interface Described {
  readonly method: string;
  /** As the server names it: `/api/runs/:id`. */
  readonly route: string;
  readonly curl: string;
  /** What kind of answer it shows: `json`, `html`, `http` for a redirect, … */
  readonly kind: string;
  readonly answer: string;
}

const page = new URL('../docs/http.md', import.meta.url);
const SECTION = /^### (GET|POST|DELETE|PUT|PATCH) (\S+)$\n([\s\S]*?)(?=^##|(?![\s\S]))/gm;
const EXAMPLE = /^```sh\n(curl .+)\n```\n```(\w+)\n([\s\S]+?)\n```$/m;

/** The routes of docs/http.md in their order; throws where one has no example with its answer. */
export function describedRoutes(): Described[] {
  return [...readFileSync(page, 'utf8').matchAll(SECTION)].map(([, method = '', route = '', text = '']) => {
    const [, curl = '', kind = '', answer = ''] = EXAMPLE.exec(text) ?? [];
    if (curl === '') throw new Error(`docs/http.md shows no curl with its answer for ${method} ${route}`);
    return { method, route, curl, kind, answer };
  });
}

/** A request as curl sends it. */
export interface Curl {
  readonly method: string;
  /** From the slash on. */
  readonly at: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What a `curl` of the page sends, with `$KEY` filled in: the few options that the page uses. */
export function sentBy(curl: string, key: string): Curl {
  const [, ...words] = wordsOf(curl, key);
  let [method, at, body]: (string | undefined)[] = [];
  const headers: Record<string, string> = {};
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === '-X') method = words.shift();
    else if (word === '-d') body = words.shift();
    else if (word === '-H') {
      const [name = '', value = ''] = words.shift()!.split(/: (.*)/s);
      headers[name.toLowerCase()] = value;
    } else if (/^localhost:7400\//.test(word)) at = word.slice('localhost:7400'.length);
    else throw new Error(`"${word}" in ${curl}`);
  }
  if (body !== undefined) headers['content-type'] ??= 'application/x-www-form-urlencoded';
  return { method: method ?? (body === undefined ? 'GET' : 'POST'), at: at ?? '', headers, body };
}

/** The words of a command as a shell takes them: quotes of both kinds, one variable. */
function wordsOf(command: string, key: string): string[] {
  const word = /'([^']*)'|"((?:\\.|[^"\\])*)"|([^\s'"]+)/g;
  return [...command.matchAll(word)].map(
    ([, single, double, bare]) => single ?? double?.replaceAll('$KEY', key).replace(/\\(.)/g, '$1') ?? bare ?? '',
  );
}

/**
 * Where an answer lacks something that the page shows: names and types count, values do not. What a list
 * shows may be anywhere in it.
 */
export function lacks(shown: unknown, given: unknown, at = ''): string[] {
  const kind = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);
  if (kind(shown) !== kind(given)) return [`${at || 'all'}: ${kind(shown)} on the page, ${kind(given)} answered`];
  if (Array.isArray(shown))
    return shown.flatMap((one, index) => {
      const tried = (given as unknown[]).map((other) => lacks(one, other, `${at}[${index}]`));
      return tried.sort((a, b) => a.length - b.length)[0] ?? [`${at}: nothing in the list`];
    });
  if (typeof shown !== 'object' || shown === null) return [];
  return Object.entries(shown).flatMap(([name, value]) =>
    lacks(value, (given as Record<string, unknown>)[name], `${at}.${name}`),
  );
}
