/**
 * Most bytes of JSON in one payload of ours that goes through Temporal's history or answers a query: with what stands
 * around it, below 64 KB. Temporal itself takes 2 MB, but keeps each payload for as long as the run is known.
 */
export const PAYLOAD_BYTES = 60_000;

/** Bytes of a value as JSON in UTF-8; none for `undefined`. */
export function jsonBytes(value: unknown): number {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 0 : utf8Bytes(text);
}

/** Where a page that starts at `from` ends, exclusive: after what fits into `bytes`, but after one item at least. */
export function pageEnd(items: readonly unknown[], from = 0, bytes = PAYLOAD_BYTES): number {
  let end = from;
  // Brackets, and a comma with each item.
  for (let sum = 2; end < items.length; end++) {
    sum += jsonBytes(items[end]) + 1;
    if (sum > bytes && end > from) break;
  }
  return end;
}

/** Splits a list into pages of at most `bytes` of JSON; a longer item is a page alone. */
export function pagesOf<T>(items: readonly T[], bytes = PAYLOAD_BYTES): T[][] {
  const pages: T[][] = [];
  for (let from = 0; from < items.length;) {
    const end = pageEnd(items, from, bytes);
    pages.push(items.slice(from, end));
    from = end;
  }
  return pages;
}

/** Where a text must be cut, so that what stands between takes at most `bytes` as a JSON string. */
export function cutEnd(text: string, from: number, bytes = PAYLOAD_BYTES): number {
  for (let length = Math.min(text.length - from, bytes); ; length >>= 1)
    if (length < 2 || jsonBytes(text.slice(from, from + length)) <= bytes) return from + Math.max(length, 1);
}

function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // A surrogate is half of a sign of four bytes.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}
