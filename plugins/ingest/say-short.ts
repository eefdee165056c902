import type { Source } from '../../core/index.js';

/** A source as its file or address, where its options say one; else by its kind. A query may hold a key: it is left out. */
export function sayShort({ kind, options }: Source): string {
  const named = options['path'] ?? options['url'] ?? options['name'];
  if (typeof named !== 'string') return kind;
  const address = options['url'] === named && URL.canParse(named) ? new URL(named) : undefined;
  return address ? `${address.protocol}//${address.host}${address.pathname}` : named;
}
