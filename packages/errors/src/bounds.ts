/**
 * Longest parts of an error where it leaves its process, in characters. A failure travels in about three copies (message,
 * details, stack), and Temporal answers none that is longer than 2 MB: the call would be tried again without end.
 */
export const MOST_SIGNS = {
  what: 4_000,
  expected: 2_000,
  actual: 2_000,
  remedy: 2_000,
  where: 500,
  stack: 8_000,
} as const;

/** Most fields of a place: it may come from a node, which may have put anything into it. */
const MOST_FIELDS = 20;

/** A text of at most about `most` characters: the beginning and the end of a longer one, and how much was left out. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor(most / 4);
  const head = text.slice(0, most - end).replace(/[\ud800-\udbff]$/, '');
  const tail = text.slice(-end).replace(/^[\udc00-\udfff]/, '');
  return `${head} … (${text.length - head.length - tail.length} characters left out) … ${tail}`;
}

/** A place with short texts and numbers only. */
export function cutPlace(where: object): Record<string, string | number | boolean> {
  const known = Object.entries(where).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(
    known.slice(0, MOST_FIELDS).map(([name, value]: [string, unknown]) => {
      const short =
        typeof value === 'number' || typeof value === 'boolean' ? value : cutText(sayValue(value), MOST_SIGNS.where);
      return [cutText(name, MOST_SIGNS.where), short];
    }),
  );
}

/** Whatever was thrown or given, as a text: nothing that has none may hide the failure that it stands for. */
export function sayValue(value: unknown): string {
  try {
    return typeof value === 'object' && value !== null && !('message' in value) ? JSON.stringify(value) : String(value);
  } catch {
    return `a ${typeof value} without a text`;
  }
}

/** The message of what was thrown. */
export function sayThrown(error: unknown): string {
  return error instanceof Error ? sayValue(error.message) : sayValue(error);
}
