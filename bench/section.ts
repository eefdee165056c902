/** Replaces what stands in a page between `<!-- NAME: by BENCH -->` and `<!-- end of NAME -->`. */
export function fill(text: string, name: string, lines: readonly string[]): string {
  const from = new RegExp(`<!-- ${name}: by .* -->`).exec(text);
  const end = text.indexOf(`<!-- end of ${name} -->`);
  if (!from || end < from.index) throw new Error(`the page has no section "${name}"`);
  return `${text.slice(0, from.index + from[0].length)}\n\n${lines.join('\n').trim()}\n\n${text.slice(end)}`;
}
