/** One thing to hold: `run` throws, with a sentence, where it is not held. */
export interface Case {
  readonly name: string;
  run(): void;
}

/** Throws a sentence unless a condition holds. */
export function hold(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}

/** Throws unless two values are the same JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}

/** Throws unless `action` throws. */
export function refuses(action: () => unknown, what: string): void {
  let threw = false;
  try {
    action();
  } catch {
    threw = true;
  }
  hold(threw, what);
}

/** A value in [0, 2) that follows from a configuration alone, smooth in its numbers. */
export function scoreOf(params: unknown): number {
  let sum = 0;
  const entries = Object.entries(params as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, value] of entries) {
    const weight = 1 / (1 + name.length);
    if (typeof value === 'number') sum += (weight * Math.abs(value)) / (1 + Math.abs(value));
    else sum += 0.1 * weight * String(value).length;
  }
  return sum;
}
