/** White space as ECMAScript's `\s` has it: more than RE2's. */
const SPACE =
  '\\t\\n\\v\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
/** Longest expression, and most repetitions, that the database is given: beyond, its program may grow over its bounds. */
const [MOST_SIGNS, MOST_REPEATS] = [500, 100];

/**
 * An ECMAScript expression (flag `u`) in the syntax of RE2, which the database uses, with the same meaning; undefined where
 * RE2 has no such thing (look-ahead, back references) or might mean another (`\p{…}`, by version of Unicode).
 */
export function asRe2(source: string): string | undefined {
  // Throws a SyntaxError for what is no expression.
  void new RegExp(source, 'u');
  if (source.length > MOST_SIGNS) return undefined;
  const signs = [...source];
  let out = '';
  let inClass = false;
  for (let i = 0; i < signs.length; i++) {
    const sign = signs[i]!;
    if (sign === '\\') {
      const escape = readEscape(signs.slice(i + 1), inClass);
      if (!escape) return undefined;
      out += escape.text;
      i += escape.length;
    } else if (inClass) {
      if (sign === ']') inClass = false;
      out += sign === '[' ? '\\[' : sign;
    } else if (sign === '[') {
      const negated = signs[i + 1] === '^';
      if (signs[i + (negated ? 2 : 1)] === ']') return undefined;
      inClass = true;
      out += negated ? '[^' : '[';
      if (negated) i++;
    } else if (sign === '(' && signs[i + 1] === '?') {
      if (signs[i + 2] !== ':') return undefined;
      out += '(?:';
      i += 2;
    } else if (sign === '{') {
      const end = signs.indexOf('}', i);
      const counts = signs.slice(i + 1, end).join('');
      if (counts.split(',').some((count) => Number(count) > MOST_REPEATS)) return undefined;
      out += `{${counts}}`;
      i = end;
    } else if (sign === '.') out += '[^\\n\\r\\x{2028}\\x{2029}]';
    else if (sign === '^') out += '\\A';
    else if (sign === '$') out += '\\z';
    else out += sign;
  }
  return out;
}

/** What stands after a backslash, and how many signs it has. */
function readEscape(rest: readonly string[], inClass: boolean): { text: string; length: number } | undefined {
  const sign = rest[0] ?? '';
  if (/[dDwWtnrfv]/.test(sign)) return { text: `\\${sign}`, length: 1 };
  if (sign === 's') return { text: inClass ? SPACE : `[${SPACE}]`, length: 1 };
  if (sign === 'S') return inClass ? undefined : { text: `[^${SPACE}]`, length: 1 };
  if (/[bB]/.test(sign)) return inClass ? undefined : { text: `\\${sign}`, length: 1 };
  if (/[\^$\\.*+?()[\]{}|-]/.test(sign)) return { text: `\\${sign}`, length: 1 };
  if (sign === '/') return { text: '/', length: 1 };
  const code = /^(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/.exec(rest.slice(0, 9).join(''));
  const hex = code?.[1] ?? code?.[2] ?? code?.[3];
  if (!code || hex === undefined) return undefined;
  const point = Number.parseInt(hex, 16);
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return isSurrogate ? undefined : { text: `\\x{${point.toString(16)}}`, length: code[0].length };
}
