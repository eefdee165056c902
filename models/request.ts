import { nearest, TrainyardError } from '@trainyard/errors';
import type { FeatureRow } from '@trainyard/transforms';
import type { ModelInput } from './card.js';

/** Mistakes told at once; the rest is counted. */
const TOLD = 5;

interface Mistake {
  readonly row: number;
  readonly field: string;
  readonly says: string;
}

/**
 * Checks the rows of a prediction request against a model's inputs. Row numbers count from 0. Throws
 * TY-PREDICT-INPUT that names field and row of the first mistakes: a missing or unknown field, a wrong type,
 * a number that is not finite.
 */
export function checkRows(
  inputs: readonly ModelInput[],
  rows: readonly unknown[],
): asserts rows is readonly FeatureRow[] {
  const mistakes: Mistake[] = [];
  let wrong = 0;
  let unknown = 0;
  const names = new Set(inputs.map((input) => input.name));
  rows.forEach((row, at) => {
    const add = (field: string, says: string): void => {
      if (wrong++ < TOLD) mistakes.push({ row: at, field, says });
    };
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      add('', `is no object of fields, but ${sayValue(row)}`);
      return;
    }
    for (const input of inputs) {
      if (!Object.hasOwn(row, input.name)) add(input.name, 'is missing; send null where it is not known');
      else {
        const says = mistakeOf(input, (row as Record<string, unknown>)[input.name]);
        if (says !== undefined) add(input.name, says);
      }
    }
    for (const name of Object.keys(row)) {
      if (names.has(name)) continue;
      // Of the first alone: a request may bring thousands of them.
      const meant = unknown++ === 0 ? nearest(name, names) : undefined;
      add(name, `is no input of the model${meant === undefined ? '' : `; did you mean "${meant}"?`}`);
    }
  });
  const first = mistakes[0];
  if (!first) return;
  const told = mistakes.map(({ row, field, says }) => `row ${row}${field ? `, field "${field}"` : ''} ${says}`);
  if (wrong > TOLD) told.push(`and ${wrong - TOLD} more`);
  throw new TrainyardError('TY-PREDICT-INPUT', {
    what: told.join('; '),
    where: { row: first.row, field: first.field || undefined },
    expected: inputs.map((input) => `${input.name}: ${input.type} or null`).join(', '),
  });
}

/**
 * The same check, compiled once for a model: rows that fit cost little, of the others `checkRows` says what is wrong. Throws
 * TY-PREDICT-INPUT as it does.
 */
export function rowCheck(inputs: readonly ModelInput[]): (rows: readonly unknown[]) => readonly FeatureRow[] {
  const tests = inputs.map((input) => ({ name: input.name, fits: testOf(input) }));
  const fits = (row: unknown): boolean => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return false;
    for (const { name, fits } of tests)
      if (!Object.hasOwn(row, name) || !fits((row as Record<string, unknown>)[name])) return false;
    return Object.keys(row).length === tests.length;
  };
  return (rows) => {
    for (let i = 0; i < rows.length; i++) {
      if (fits(rows[i])) continue;
      checkRows(inputs, rows);
      break;
    }
    return rows as readonly FeatureRow[];
  };
}

function testOf(input: ModelInput): (value: unknown) => boolean {
  if (input.type === 'number' || input.type === 'integer')
    return (value) => value === null || (typeof value === 'number' && Number.isFinite(value));
  if (input.type === 'text')
    return (value) => typeof value === 'string' || value === null || mistakeOf(input, value) === undefined;
  return (value) => mistakeOf(input, value) === undefined;
}

function mistakeOf(input: ModelInput, value: unknown): string | undefined {
  if (value === null) return undefined;
  if (input.type === 'number' || input.type === 'integer') {
    if (typeof value !== 'number') return `must be a number or null, not ${sayValue(value)}`;
    return Number.isFinite(value) ? undefined : `must be a finite number, not ${value}`;
  }
  if (input.type === 'boolean')
    return typeof value === 'boolean' ? undefined : `must be true, false or null, not ${sayValue(value)}`;
  if (input.type === 'time' || input.type === 'timestamp' || input.type === 'date')
    return typeof value === 'string' && isTime(value)
      ? undefined
      : `must be a date or time in ISO 8601, such as 2026-03-01T09:30:00Z, or null, not ${sayValue(value)}`;
  if (input.type === 'image')
    return typeof value === 'string' && value.length > 0 && BASE64.test(value)
      ? undefined
      : `must be an image's bytes in base 64, or null, not ${sayValue(value)}`;
  if (typeof value === 'string') return undefined;
  // Columns of numbers or booleans may serve as categories: then the plain value is as good as its text.
  const plain = typeof value === 'number' || typeof value === 'boolean';
  if (plain && input.categories?.includes(String(value))) return undefined;
  return `must be text or null, not ${sayValue(value)}`;
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const TIME = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** A date that exists: the 30th of February is read as a day in March otherwise. */
function isTime(text: string): boolean {
  if (!TIME.test(text) || Number.isNaN(Date.parse(text))) return false;
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day;
}

function sayValue(value: unknown): string {
  if (value === undefined) return 'undefined';
  const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? typeof value);
  const kind = Array.isArray(value) ? 'array' : typeof value;
  return `the ${kind} ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
}
