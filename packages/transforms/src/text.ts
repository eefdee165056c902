import { sql, type Sql } from '@trainyard/tables/sql';

/**
 * White space: what Unicode gives the property White_Space, with the zero-width space and the byte order mark, which are
 * as invisible. No-break space (U+00A0) and ideographic space (U+3000) are among it.
 */
export const WHITE_SPACE =
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff';

const EDGES = new RegExp(`^[${WHITE_SPACE}]+|[${WHITE_SPACE}]+$`, 'gu');
const RUNS = new RegExp(`[${WHITE_SPACE}]+`, 'gu');

/** Text without white space at its ends. */
export const trimmed = (text: string): string => text.replace(EDGES, '');
export const trimmedSql = (text: Sql): Sql => sql`trim(${text}, ${WHITE_SPACE})`;

/** Text whose runs of white space are one space each. */
export const spaced = (text: string): string => text.replace(RUNS, ' ');
export const spacedSql = (text: Sql): Sql => sql`regexp_replace(${text}, ${`[${WHITE_SPACE}]+`}, ' ', 'g')`;

/**
 * Case is changed character by character (Unicode's simple mapping), so that it depends neither on what stands around nor
 * on a locale: `Σ` is `σ` at a word's end too. As in Unicode 15, with `ẞ` for `ß`; what came later is left as it is.
 */
export function lowered(text: string): string {
  return PLAIN.test(text) ? text.toLowerCase() : mapped(text, lowerOf);
}
export function uppered(text: string): string {
  return PLAIN.test(text) ? text.toUpperCase() : mapped(text, upperOf);
}
export const loweredSql = (text: Sql): Sql => sql`lower(${text})`;
export const upperedSql = (text: Sql): Sql => sql`upper(${text})`;

const PLAIN = /^[\0-\x7f]*$/;
/** Cased characters of later versions of Unicode, and the older ones that have a pair there only. */
const LATER =
  /[\u019b\u0264\u1c89\u1c8a\ua7cb-\ua7cf\ua7d2-\ua7d5\ua7da-\ua7dc\u{10d50}-\u{10d85}\u{16ea0}-\u{16ed3}]/u;
/** One capital for one small letter, where the full mapping has several. */
const CAPITALS = new Map([
  [0xdf, 0x1e9e],
  ...[0x1f80, 0x1f90, 0x1fa0].flatMap((first) =>
    Array.from({ length: 8 }, (_, i): [number, number] => [first + i, first + i + 8]),
  ),
  [0x1fb3, 0x1fbc],
  [0x1fc3, 0x1fcc],
  [0x1ff3, 0x1ffc],
] as [number, number][]);

const mapped = (text: string, one: (letter: string) => string): string => Array.from(text, one).join('');

function lowerOf(letter: string): string {
  if (letter === '\u0130') return 'i';
  return LATER.test(letter) ? letter : letter.toLowerCase();
}

function upperOf(letter: string): string {
  const capital = CAPITALS.get(letter.codePointAt(0) ?? 0);
  if (capital !== undefined) return String.fromCodePoint(capital);
  if (LATER.test(letter)) return letter;
  const upper = letter.toUpperCase();
  // Only what is one character stays one: the ligature `ﬁ` has no capital of its own.
  return [...upper].length === 1 ? upper : letter;
}
