import { randomUUID } from 'node:crypto';
import { readJsonBody } from '../../json-body.js';

// Python writes what is no JSON: NaN, Infinity, -Infinity; and whole numbers that a JavaScript number does not hold.

/** Stands before what a number token said, as a text that nobody else can send. */
const MARK = `${randomUUID()}:`;
const BARE = /\b(NaN|Infinity)\b/;
/** A whole number of sixteen digits or more, by itself. */
const LONG = /(?:^|[[,:\s])-?\d{16,}(?=[\],}\s]|$)/;
/** A text, or a number token that needs care. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?(?:NaN|Infinity)\b|-?\d[\d.eE+-]*/g;

/**
 * The value of a JSON text that may have `NaN`, `Infinity` and 64-bit integers as Python's clients write them. These stand there as
 * marked texts, which `numberOf` reads: nothing is rounded on the way. Throws TY-REQUEST.
 */
export function readPythonJson(text: string): unknown {
  if (!BARE.test(text) && !LONG.test(text)) return readJsonBody(text);
  return readJsonBody(
    text.replace(TOKENS, (token) => {
      if (token.startsWith('"')) return token;
      return /[NI]/.test(token) || /^-?\d{16,}$/.test(token) ? `"${MARK}${token}"` : token;
    }),
  );
}

/** What a marked text said; undefined for anything else. */
export function markedNumber(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : undefined;
}
