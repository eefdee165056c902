/** What a number in a cell of this format is. */
export type DateFormat = 'date' | 'time of day';

const BUILT_IN: Readonly<Record<number, DateFormat>> = {
  ...Object.fromEntries(
    [14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((n) => [n, 'date']),
  ),
  ...Object.fromEntries([18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56].map((n) => [n, 'time of day'])),
};

/**
 * What numbers of a format are, by its number (ECMA-376 part 1, 18.8.30) or its code. A span of time, such as `[h]:mm`,
 * is a number of days and stays one.
 */
export function isDateFormat(number: number, code: string | undefined): DateFormat | undefined {
  if (code === undefined) return BUILT_IN[number];
  // Texts, escaped signs, colours, conditions and places say nothing; only the first of several parts counts.
  const [bare = ''] = code.replace(/"[^"]*"|\\.|_.|\*./g, '').split(';');
  if (/\[(h+|m+|s+)\]/i.test(bare)) return undefined;
  const signs = bare.replace(/\[[^\]]*\]/g, '').replace(/AM\/PM|A\/P/gi, 'h');
  if (/[yd]/i.test(signs) || (/m/i.test(signs) && !/[hs]/i.test(signs)))
    return /general/i.test(signs) ? undefined : 'date';
  return /[hs]/i.test(signs) ? 'time of day' : undefined;
}

const DAY = 86_400_000;

/**
 * A number of days as a date, a moment (`2024-02-29T12:00:00.000`) or a time of day. Undefined for what is none: a number below 0, beyond
 * the year 9999, and the 29th of February 1900, which the count from 1900 has and the calendar has not.
 */
export function sayDate(days: number, format: DateFormat, from1904: boolean): string | undefined {
  if (!(days >= 0) || days >= 2_958_466) return undefined;
  const ms = Math.round(days * DAY);
  if (format === 'time of day' && days < 1)
    return new Date(ms % DAY).toISOString().slice(11, ms % 1000 === 0 ? 19 : 23);
  if (!from1904 && days >= 60 && days < 61) return undefined;
  // 1 is the first of January 1900; what comes after the day that never was is one day ahead.
  const first = from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30);
  const text = new Date(first + ms).toISOString();
  return ms % DAY === 0 ? text.slice(0, 10) : text.slice(0, 23);
}
