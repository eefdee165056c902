/** An expression in the database's words, and the names of its groups in their order. */
export interface LogPattern {
  /** Only named groups are groups in it, so that the n-th group has the n-th name. */
  readonly expression: string;
  readonly names: readonly string[];
}

/** Reads an expression with named groups, `(?<name>…)` as in ECMAScript or `(?P<name>…)` as in Python. */
export function readPattern(pattern: string): LogPattern {
  const names: string[] = [];
  // An escaped sign, a class of signs, the beginning of a group, or any other sign.
  const expression = pattern.replace(
    /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?P?<([A-Za-z_]\w*)>|\((?!\?)/g,
    (found, name: string | undefined) => {
      if (name !== undefined) {
        names.push(name);
        return '(';
      }
      return found === '(' ? '(?:' : found;
    },
  );
  return { expression, names };
}
