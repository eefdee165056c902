/** A message without the parts of an address: they may be in it as they are or escaped. */
export function withoutAddress(message: string, url: string): string {
  const parts = new Set([url]);
  for (const part of url.split(/[/@:?&=#\s]+/)) {
    parts.add(part);
    try {
      parts.add(decodeURIComponent(part));
    } catch {
      // Not escaped as an address is: it stands as it is.
    }
  }
  const known = /^(postgres|postgresql|redis|rediss|https?|localhost|sslmode|require|disable|prefer|verify-full)$/;
  let clean = message;
  for (const part of [...parts]
    .filter((one) => one.length > 2 && !known.test(one))
    .sort((a, b) => b.length - a.length)) {
    clean = clean.replaceAll(part, '•••');
  }
  return clean;
}
