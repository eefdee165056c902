import { expect, test } from 'vitest';
import { digestOf, reference, wordpieceOf } from './tokens.test-part.js';

for (const { lowercase, stripAccents, signs } of reference.kinds)
  test(`every sign of planes 0 to 2 and 14 becomes what HuggingFace’s tokenizers make of it: lowercase ${lowercase}, strip accents ${stripAccents}`, () => {
    expect(signs).toHaveLength(65);
    const tokenizer = wordpieceOf({ lowercase, stripAccents });
    for (const [first, digest] of signs) expect(digestOf(tokenizer, first), first.toString(16)).toBe(digest);
  });
