import { describe, expect, it } from 'vitest';
import { releases } from './histories.js';
import { ledgerDigest, ledgerEntries } from './ledger.js';

describe('the ledger of replayed behaviour', () => {
  const entries = ledgerEntries();

  it('numbers its entries without a gap, and each says before, now, why and since', () => {
    expect(entries.map(({ number }) => number)).toEqual(entries.map((_, index) => index + 1));
    for (const { number, fields } of entries)
      expect(fields, `entry ${number}`).toEqual({
        before: expect.stringMatching(/\w/) as unknown,
        now: expect.stringMatching(/\w/) as unknown,
        why: expect.stringMatching(/\w/) as unknown,
        since: expect.stringMatching(/^\d+\.\d+\.\d+$/) as unknown,
      });
  });

  it('is only ever added to: what a release has seen of it stands as it stood', () => {
    expect(releases()).not.toEqual([]);
    for (const { release, ledger } of releases()) {
      const seen = entries.slice(0, ledger.entries);
      expect(seen, `${release} has seen more`).toHaveLength(ledger.entries);
      expect(ledgerDigest(seen), `an entry that ${release} has seen was changed: add a new one instead`).toBe(
        ledger.digest,
      );
    }
  });

  it('notices an entry that is rewritten, taken away or put between', () => {
    const text = (numbers: readonly number[], word = 'so'): string =>
      numbers.map((n) => `## ${n}. A change\n- **before**: ${word} ${n}\n- **now**: x\n`).join('\n');
    const three = ledgerDigest(ledgerEntries(text([1, 2, 3])));
    expect(ledgerDigest(ledgerEntries(text([1, 2, 3, 4])).slice(0, 3))).toBe(three);
    for (const other of [text([1, 2, 3], 'thus'), text([1, 3, 4]), text([1, 2, 2, 3])])
      expect(ledgerDigest(ledgerEntries(other).slice(0, 3))).not.toBe(three);
  });
});
