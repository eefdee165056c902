import { z } from 'zod';
import { TrainyardError } from '@trainyard/errors';

export type Row = Readonly<Record<string, unknown>>;

/** Rows of one request; more than that belong into a batch run. */
export const MOST_ROWS = 10_000;

const row = z
  .record(z.string(), z.unknown())
  .describe('a value for each column of the model, null where it is not known');

/** What a plain request is, for the interface's description: `rowsOf` and the model say more of what is wrong. */
export const predictBody = z.union([
  z.strictObject({ rows: z.array(row).min(1).max(MOST_ROWS) }),
  z.strictObject({ row }),
]);

/** Throws TY-PREDICT-INPUT for a request that is wrong as a whole. */
export function refuseRequest(what: string, field?: string, expected?: string): never {
  throw new TrainyardError('TY-PREDICT-INPUT', { what, where: { field }, expected });
}

export function checkCount(rows: number): void {
  if (rows === 0) refuseRequest('the request has no rows', 'rows', `1 to ${MOST_ROWS} rows`);
  if (rows > MOST_ROWS) refuseRequest(`the request has ${rows} rows`, 'rows', `at most ${MOST_ROWS} rows; split it`);
}

/** The rows of a plain JSON request, `{rows: [{…}]}` or `{row: {…}}`; their fields are checked by the model. */
export function rowsOf(body: unknown): readonly Row[] {
  const expected = '{"rows": [{"column": value, …}]} or {"row": {…}}';
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    refuseRequest('the body is no JSON object', undefined, expected);
  for (const name of Object.keys(body))
    if (name !== 'rows' && name !== 'row') refuseRequest(`the body has no field "${name}"`, name, expected);
  const { rows, row } = body as { rows?: unknown; row?: unknown };
  if ((rows === undefined) === (row === undefined)) refuseRequest('the body has either rows or row', 'rows', expected);
  if (row !== undefined) return [row as Row];
  if (!Array.isArray(rows)) refuseRequest('rows is no list', 'rows', expected);
  checkCount(rows.length);
  return rows as Row[];
}

/**
 * The list of rows as it stands in the text of a plain request, for the log: it need not be written anew. Undefined where it must be.
 * The text is one that `rowsOf` has taken, so that its fields are `rows` or `row` alone; `"rows"` may stand there twice: read again, the
 * last counts then as it did before.
 */
export function rowsText(text: string): string | undefined {
  const found = /^\s?\{\s?"(rows?)"\s?:/.exec(text);
  // Spread over lines it would take more room in the log than it need.
  if (!found || text.includes('\n')) return undefined;
  const value = text.slice(found[0].length, text.lastIndexOf('}'));
  if (found[1] === 'rows') return value;
  return value.includes('"row"') || value.includes('\\') ? undefined : `[${value}]`;
}

/** The id that the caller gave the request, or undefined. Throws TY-PREDICT-INPUT when it cannot be one. */
export function requestIdOf(given: unknown): string | undefined {
  if (given === undefined || given === '') return undefined;
  if (typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given)) return given;
  return refuseRequest('this cannot be the id of a request', 'id', 'letters, digits and ._:- , at most 128');
}
