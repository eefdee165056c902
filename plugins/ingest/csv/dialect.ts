import { firstBytes } from './bytes.js';
import { recordsOf, type CsvRecord, type Dialect } from './records.js';

/** Bytes that are looked at, and the records among them. */
const [HEAD, RECORDS] = [1 << 18, 500];
const DELIMITERS = [',', ';', '\t', '|'];
const QUOTES = ['"', "'"] as const;

/** How the cells of a file stand in it, as its first records say where it is not given. */
export async function dialectOf(
  path: string,
  given: { readonly [K in keyof Dialect]?: string | undefined },
): Promise<Dialect> {
  const { bytes, all } = await firstBytes(path, HEAD);
  // A character that is cut at the end is within the last record, which is left out.
  const text = new TextDecoder().decode(bytes);
  // Apostrophes are common in text: they quote only where nothing else may.
  const quotes = given.quote !== undefined ? [given.quote] : text.includes(QUOTES[0]) ? [QUOTES[0]] : QUOTES;
  const delimiters = given.delimiter === undefined ? DELIMITERS : [given.delimiter];
  const fits = quotes.flatMap((quote) =>
    delimiters.map((delimiter) => {
      const dialect = { delimiter, quote };
      return { dialect, fit: fitOf(recordsOf(text, dialect, all).slice(0, RECORDS)) };
    }),
  );
  // The first of equals: a comma and double quotes, where others fit no better.
  const [best] = [...fits].sort((a, b) => b.fit - a.fit);
  return best?.dialect ?? { delimiter: given.delimiter ?? ',', quote: given.quote ?? '"' };
}

/** The share of records that have as many cells as the first, of those that have several; 0 where it has one. */
function fitOf(records: readonly CsvRecord[]): number {
  const [first] = records;
  if (!first || first.cells.length < 2) return 0;
  const same = records.filter(({ cells, fault }) => cells.length === first.cells.length && fault === undefined);
  return same.length / records.length;
}

/** A delimiter in words. */
export function sayDelimiter(delimiter: string): string {
  return delimiter === '\t' ? 'tabs' : `"${delimiter}"`;
}
