/** A member of a struct type. */
export interface Member {
  readonly name: string;
  readonly type: string;
}

/** The members of a struct, as the database writes its type: `STRUCT(a BIGINT, "b c" STRUCT(d VARCHAR[]))`. */
export function memberTypes(type: string): Member[] {
  const inner = type.slice('STRUCT('.length, -1);
  const members: Member[] = [];
  let at = 0;
  while (at < inner.length) {
    const [name, from] = nameAt(inner, at);
    const to = endOf(inner, from);
    members.push({ name, type: inner.slice(from, to).trim() });
    at = to + 1;
    while (inner[at] === ' ') at++;
  }
  return members;
}

/** A name from a place on, in quotes or without, and where it ends. */
function nameAt(text: string, at: number): [name: string, end: number] {
  if (text[at] !== '"') {
    const end = text.indexOf(' ', at);
    return [text.slice(at, end), end];
  }
  let name = '';
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] !== '"') name += text[i];
    else if (text[i + 1] === '"') name += text[++i];
    else return [name, i + 1];
  }
  return [name, text.length];
}

/** Where a type ends that begins here: at the next comma outside of brackets and quotes. */
function endOf(text: string, from: number): number {
  let depth = 0;
  let quote: string | undefined;
  for (let i = from; i < text.length; i++) {
    const char = text[i];
    if (quote !== undefined) {
      if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === ',' && depth === 0) return i;
  }
  return text.length;
}
