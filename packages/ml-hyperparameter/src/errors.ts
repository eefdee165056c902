/**
 * Every error that the library throws: a stable code, what is wrong, what was expected and given, and what to do.
 * Codes are never reused.
 */
export type SearchErrorCode =
  | 'MLH-EMPTY-SPACE'
  | 'MLH-BAD-PARAMETER'
  | 'MLH-CLASHING-NAMES'
  | 'MLH-CONTRADICTION'
  | 'MLH-GRID-TOO-LARGE'
  | 'MLH-GRID-INFINITE'
  | 'MLH-GRID-EXHAUSTED'
  | 'MLH-BAD-OPTION'
  | 'MLH-UNKNOWN-SAMPLER'
  | 'MLH-UNKNOWN-PRUNER'
  | 'MLH-UNKNOWN-TRIAL'
  | 'MLH-STALE-PROPOSAL'
  | 'MLH-TOLD-TWICE'
  | 'MLH-BAD-RESULT'
  | 'MLH-UNKNOWN-OBJECTIVE'
  | 'MLH-OUTSIDE-SPACE'
  | 'MLH-ALWAYS-FAILS'
  | 'MLH-BUDGET-SPENT'
  | 'MLH-NOT-SUPPORTED'
  | 'MLH-NO-DATA'
  | 'MLH-BAD-JSON';

/** What an error may add to its message. */
export interface SearchErrorDetail {
  /** Where: a parameter, a trial, an option. */
  readonly at?: string;
  readonly expected?: string;
  readonly actual?: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** A mistake in how the library is used, or a study that cannot go on. The message says all of it. */
export class SearchError extends Error {
  override readonly name = 'SearchError';
  readonly code: SearchErrorCode;
  readonly detail: SearchErrorDetail;

  constructor(code: SearchErrorCode, what: string, detail: SearchErrorDetail = {}) {
    const parts = [`${code}: ${what}`];
    if (detail.at !== undefined) parts.push(`at ${detail.at}`);
    if (detail.expected !== undefined) parts.push(`expected ${detail.expected}`);
    if (detail.actual !== undefined) parts.push(`got ${detail.actual}`);
    super(parts.join('; ') + (detail.remedy === undefined ? '.' : `. ${detail.remedy}`));
    this.code = code;
    this.detail = detail;
  }
}

/** Renders a value for a message: short, and telling apart 1 and "1", NaN and null. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? value.slice(0, 57) + '...' : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return String(value);
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return typeof value;
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 120 ? text.slice(0, 117) + '...' : text;
}
