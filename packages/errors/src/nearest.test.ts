import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest, sayNearest } from './nearest.js';

/** Names that count how often one of them was read to compare it. */
function counted(names: readonly string[]): { known: Iterable<string>; reads: () => number } {
  let reads = 0;
  const known = {
    *[Symbol.iterator]() {
      for (const name of names) {
        reads++;
        yield name;
      }
    },
  };
  return { known, reads: () => reads };
}

describe('the nearest known name', () => {
  it('offers what was most likely meant, and nothing where nothing is near', () => {
    expect(nearest('mas', ['island', 'mass', 'sex'])).toBe('mass');
    expect(nearest('lablE', ['label', 'table'])).toBe('label');
    expect(nearest('quite another', ['label', 'table'])).toBeUndefined();
    expect(sayNearest('x', [])).toBe('there are none yet');
  });

  it('compares a name of 3 MB with nothing: that once held all predictions for half a minute', () => {
    const { known, reads } = counted(['mass']);
    expect(nearest('x'.repeat(3_000_000), known)).toBeUndefined();
    expect(reads()).toBe(0);
    expect(nearest('mass', ['m'.repeat(3_000_000), 'mas'])).toBe('mas');
  });

  it('finds what comparing with each name finds, lengths that rule a name out or not', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'C'), maxLength: 12 });
    fc.assert(
      fc.property(word, fc.uniqueArray(word, { maxLength: 8 }), (name, known) => {
        let best: { name: string; distance: number } | undefined;
        for (const one of [...known].sort()) {
          const distance = editDistance(name.toLowerCase(), one.toLowerCase());
          if (distance < (best?.distance ?? Math.max(3, Math.ceil(one.length / 3) + 1))) best = { name: one, distance };
        }
        expect(nearest(name, known)).toBe(best?.name);
      }),
    );
  });
});
