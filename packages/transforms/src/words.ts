import { sql, type Sql } from '@trainyard/tables/sql';
import { lowered, loweredSql } from './text.js';

/**
 * What stands between words: ASCII but letters and digits, Latin-1 signs, and the general blocks of spaces, punctuation and
 * signs. Written out, since what a letter is differs between versions of Unicode.
 */
const BETWEEN = [
  [0x00, 0x2f],
  [0x3a, 0x40],
  [0x5b, 0x60],
  [0x7b, 0xa9],
  [0xab, 0xb1],
  [0xb4, 0xb4],
  [0xb6, 0xb8],
  [0xbb, 0xbb],
  [0xbf, 0xbf],
  [0xd7, 0xd7],
  [0xf7, 0xf7],
  [0x2000, 0x206f],
  [0x20a0, 0x20cf],
  [0x2190, 0x23ff],
  [0x2500, 0x27bf],
  [0x2900, 0x2bff],
  [0x2e00, 0x2e7f],
  [0x3000, 0x3004],
  [0x3008, 0x3020],
  [0x3030, 0x3030],
  [0xfe10, 0xfe6f],
  [0xfeff, 0xfeff],
  [0xff01, 0xff0f],
  [0xff1a, 0xff20],
  [0xff3b, 0xff40],
  [0xff5b, 0xff65],
] as const;

const hex = (code: number): string => code.toString(16);
const JS_BETWEEN = new RegExp(`[${BETWEEN.map(([from, to]) => `\\u{${hex(from)}}-\\u{${hex(to)}}`).join('')}]+`, 'u');
const SQL_BETWEEN = `[${BETWEEN.map(([from, to]) => `\\x{${hex(from)}}-\\x{${hex(to)}}`).join('')}]+`;

/** The words of a text in lower case, in order. */
export function wordsOf(text: string): string[] {
  return lowered(text)
    .split(JS_BETWEEN)
    .filter((word) => word !== '');
}

/** SQL for the same, as a list of VARCHAR; NULL where the text is. */
export function wordsSql(text: Sql): Sql {
  return sql`list_filter(string_split_regex(${loweredSql(text)}, ${SQL_BETWEEN}), lambda w: w <> '')`;
}

/** Runs of `from` to `to` words, the short ones first, each joined by spaces. */
export function termsOf(words: readonly string[], [from, to]: readonly [number, number]): string[] {
  const terms: string[] = [];
  for (let n = from; n <= to; n++)
    for (let i = 0; i + n <= words.length; i++) terms.push(n === 1 ? words[i]! : words.slice(i, i + n).join(' '));
  return terms;
}

/** SQL for the same of a list of words. */
export function termsSql(words: Sql, [from, to]: readonly [number, number]): Sql {
  const runs = Array.from({ length: to - from + 1 }, (_, i) => BigInt(from + i)).map((n) =>
    n === 1n
      ? words
      : sql`list_transform(range(1, len(${words}) - ${n} + 2), lambda i: array_to_string(${words}[i:i + ${n} - 1], ' '))`,
  );
  return runs.length === 1
    ? runs[0]!
    : sql`list_concat(${runs.slice(1).reduce((all, run) => sql`${all}, ${run}`, runs[0]!)})`;
}
