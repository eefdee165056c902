import { cutPlace, cutText, MOST_SIGNS, sayValue } from './bounds.js';
import { CATALOGUE, type Code } from './catalogue.js';

/** Where a mistake or failure is, as far as it is known. */
export interface Place {
  run?: string | undefined;
  node?: string | undefined;
  attempt?: number | undefined;
  port?: string | undefined;
  row?: number | undefined;
  column?: string | undefined;
  file?: string | undefined;
  field?: string | undefined;
}

/** The parts of an error beside its catalogue entry. */
export interface ErrorParts {
  /** What went wrong in this case: one sentence, with the values. */
  what: string;
  where?: Place | undefined;
  expected?: string | undefined;
  actual?: string | undefined;
  /** What to do, as something to paste where possible; the catalogue's remedy otherwise. */
  remedy?: string | undefined;
  cause?: unknown;
}

/** An error as it crosses processes. */
export interface ErrorRecord {
  code: Code;
  message: string;
  where: { [key: string]: string | number };
  expected?: string | undefined;
  actual?: string | undefined;
  remedy: string;
}

const BRAND = Symbol.for('trainyard.error');

/**
 * Every error that Trainyard raises on purpose. `code` stands in the catalogue (docs/errors.md) and is never reused;
 * `message` is whole by itself: what, where, expected, actual and what to do. It and `toRecord()` are bounded, since they
 * leave the process; `what`, `expected`, `actual` and `remedy` are as they were given, and `whole` says them all.
 */
export class TrainyardError extends Error {
  override readonly name: string = 'TrainyardError';
  readonly code: Code;
  readonly what: string;
  readonly where: Place;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
  readonly remedy: string;
  readonly [BRAND] = true;

  constructor(code: Code, parts: ErrorParts) {
    const remedy = parts.remedy ?? CATALOGUE[code].remedy;
    super(
      sayError(code, cutParts({ ...parts, remedy })),
      parts.cause === undefined ? undefined : { cause: parts.cause },
    );
    this.code = code;
    this.what = parts.what;
    this.where = parts.where ?? {};
    this.expected = parts.expected;
    this.actual = parts.actual;
    this.remedy = remedy;
  }

  /** True when trying again cannot help: the input, the wiring or the set-up must change first. */
  get permanent(): boolean {
    return CATALOGUE[this.code].fault === 'user';
  }

  toRecord(): ErrorRecord {
    const { what: message, where, expected, actual, remedy } = cutParts(this);
    return { code: this.code, message, where: where as Record<string, string | number>, expected, actual, remedy };
  }

  /** The whole text where `message` is cut, for the log of the node; undefined where nothing is missing. */
  get whole(): string | undefined {
    const whole = sayError(this.code, this);
    return whole.length > this.message.length ? whole : undefined;
  }

  static fromRecord(record: ErrorRecord): TrainyardError {
    const { code, message, where, expected, actual, remedy } = record;
    return new TrainyardError(code, { what: message, where: where as Place, expected, actual, remedy });
  }
}

/** Whether a value is a Trainyard error, also when it was made by another copy of this package or in another realm. */
export function isTrainyardError(error: unknown): error is TrainyardError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** A fault of the input or the wiring, thrown by a node: shown as it is, never retried. */
export class UserError extends TrainyardError {
  override readonly name = 'UserError';
  constructor(what: string, parts: Omit<ErrorParts, 'what'> = {}) {
    super('TY-NODE-INPUT', { what, ...parts });
  }
}

/** A fault that may pass by itself (a service away, a lock held), thrown by a node: retried as its contract says. */
export class TransientError extends TrainyardError {
  override readonly name = 'TransientError';
  constructor(what: string, parts: Omit<ErrorParts, 'what'> = {}) {
    super('TY-NODE-TRANSIENT', { what, ...parts });
  }
}

/** The parts of an error, each as long as it may be where it leaves its process. */
function cutParts(parts: ErrorParts & { remedy: string }): ErrorParts & { remedy: string } {
  const cut = <T extends string | undefined>(text: T, most: number): T =>
    (text === undefined ? undefined : cutText(sayValue(text), most)) as T;
  return {
    what: cutText(sayValue(parts.what), MOST_SIGNS.what),
    where: cutPlace(parts.where ?? {}),
    expected: cut(parts.expected, MOST_SIGNS.expected),
    actual: cut(parts.actual, MOST_SIGNS.actual),
    remedy: cut(parts.remedy, MOST_SIGNS.remedy),
  };
}

/** The text of an error for people. */
function sayError(code: Code, parts: ErrorParts & { remedy: string }): string {
  const place = Object.entries(parts.where ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(', ');
  const lines = [`${parts.what}${place ? ` (${place})` : ''}`];
  if (parts.expected !== undefined) lines.push(`  expected: ${parts.expected}`);
  if (parts.actual !== undefined) lines.push(`  actual:   ${parts.actual}`);
  lines.push(`  to do:    ${parts.remedy}`);
  return `${lines.join('\n')}\n  [${code}]`;
}
