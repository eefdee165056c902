import { describe, expect, it } from 'vitest';
import { cutEnd, jsonBytes, pagesOf, PAYLOAD_BYTES } from './paging.js';

const TEXTS = ['plain', 'Ä-ö-ß', '€ and 漢字', '😀 ends', '"quoted"\n\u0001'];

describe('pages of what travels', () => {
  it('counts the bytes that the JSON of a value takes', () => {
    for (const text of TEXTS) expect(jsonBytes({ text })).toBe(Buffer.byteLength(JSON.stringify({ text })));
    expect(jsonBytes(undefined)).toBe(0);
  });

  it('splits a list into pages that fit, and loses nothing', () => {
    const items = Array.from({ length: 3000 }, (_, index) => ({ index, text: TEXTS[index % TEXTS.length] }));
    const pages = pagesOf(items);
    expect(pages.flat()).toEqual(items);
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThanOrEqual(PAYLOAD_BYTES);
    // None is so short that what follows would have fitted.
    for (const [index, page] of pages.slice(0, -1).entries())
      expect(jsonBytes([...page, pages[index + 1]?.[0]])).toBeGreaterThan(PAYLOAD_BYTES);
    expect(pagesOf([])).toEqual([]);
  });

  it('gives an item that is longer than a page a page of its own', () => {
    const long = 'x'.repeat(PAYLOAD_BYTES);
    expect(pagesOf(['a', long, 'b'])).toEqual([['a'], [long], ['b']]);
  });

  it('cuts a text so that each part fits as a JSON string', () => {
    const text = TEXTS.join(' ').repeat(5000);
    let joined = '';
    for (let from = 0; from < text.length;) {
      const end = cutEnd(text, from);
      expect(Buffer.byteLength(JSON.stringify(text.slice(from, end)))).toBeLessThanOrEqual(PAYLOAD_BYTES);
      joined += text.slice(from, end);
      from = end;
    }
    expect(joined).toBe(text);
  });
});
