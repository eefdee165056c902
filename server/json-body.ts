import type { FastifyInstance } from 'fastify';
import { TrainyardError } from '@trainyard/errors';

/** Levels of lists and objects within each other that a request may have: what works level by level is bounded too. */
const DEEPEST = 100;
/** The name as it is, or with one of its letters as an escape. */
const MAY_BE_ODD = /__proto__|\\u00/;

/** Has the server read JSON bodies by `readJsonBody`. */
export function jsonBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  app.decorateRequest('bodyText', '');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    try {
      const value = readJsonBody(text);
      request.bodyText = text;
      done(null, value);
    } catch (error) {
      done(error as Error);
    }
  });
}

/**
 * The value of a JSON text from outside. Throws TY-REQUEST for what is no JSON, too deep, or has a field that would
 * change the objects it is copied to.
 */
export function readJsonBody(text: string, field?: string): unknown {
  if (isDeep(text)) throw refused('is nested too deeply', field, `at most ${DEEPEST} levels of lists and objects`);
  let value: unknown;
  try {
    // A function that looks at each value makes parsing several times slower: only where the name may be.
    value = (MAY_BE_ODD.test(text) ? JSON.parse(text, refuseOddNames) : JSON.parse(text)) as unknown;
  } catch (cause) {
    if (cause instanceof TrainyardError) throw cause;
    const why = text.trim() === '' ? 'it is empty' : cause instanceof Error ? cause.message : String(cause);
    throw refused(`is not JSON: ${why}`, field, undefined, cause);
  }
  return value;

  function refuseOddNames(name: string, given: unknown): unknown {
    if (name === '__proto__') throw refused('has a field called "__proto__"', field, 'another name');
    return given;
  }
}

function refused(what: string, field: string | undefined, expected?: string, cause?: unknown): TrainyardError {
  return new TrainyardError('TY-REQUEST', {
    what: `${field ?? 'the body'} ${what}`,
    where: { field },
    expected,
    cause,
  });
}

const [QUOTE, BACKSLASH, BRACKET, BRACKET_END, BRACE, BRACE_END] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

function hasMore(text: string, sign: string, most: number): boolean {
  let count = 0;
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) if (++count > most) return true;
  return false;
}

/** Counts brackets outside of texts, without making anything of what they hold. */
function isDeep(json: string): boolean {
  // What has few brackets is not deep, wherever they are.
  if (!hasMore(json, '[', DEEPEST / 2) && !hasMore(json, '{', DEEPEST / 2)) return false;
  let depth = 0;
  let inText = false;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (inText) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) inText = false;
    } else if (code === QUOTE) inText = true;
    else if ((code === BRACKET || code === BRACE) && ++depth > DEEPEST) return true;
    else if (code === BRACKET_END || code === BRACE_END) depth--;
  }
  return false;
}
