import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../docs/replay-ledger.md', import.meta.url));

/** A change of what is replayed, as the ledger has it. */
export interface Entry {
  readonly number: number;
  /** Its whole text, white space aside. */
  readonly text: string;
  readonly fields: Readonly<Record<'before' | 'now' | 'why' | 'since', string | undefined>>;
}

/** Entries of the ledger: each begins with `## <number>. `. */
export function ledgerEntries(ledger = readFileSync(file, 'utf8')): Entry[] {
  return ledger
    .split(/^## (?=\d+\. )/m)
    .slice(1)
    .map((text) => {
      const field = (name: string): string | undefined =>
        new RegExp(`^- \\*\\*${name}\\*\\*: ([\\s\\S]*?)(?=\\n- \\*\\*|$)`, 'm').exec(text)?.[1]?.trim();
      return {
        number: Number(/^\d+/.exec(text)?.[0]),
        text: text.trim().replaceAll(/\s+/g, ' '),
        fields: { before: field('before'), now: field('now'), why: field('why'), since: field('since') },
      };
    });
}

export function ledgerDigest(entries: readonly Entry[]): string {
  return createHash('sha256')
    .update(entries.map(({ text }) => text).join('\n'))
    .digest('hex');
}
