import { z } from 'zod';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CATALOGUE, cutText, isTrainyardError, MOST_SIGNS, TrainyardError, type Code } from '@trainyard/errors';
import { secondsToWait } from './again-after.js';
import { explained } from './explained.js';

const STATUS: Partial<Record<Code, number>> = {
  'TY-KEY': 401,
  'TY-HOST': 421,
  'TY-RATE': 429,
  'TY-ENDPOINT-BUSY': 429,
  'TY-ENDPOINT-LATE': 504,
  'TY-RUN-UNKNOWN': 404,
  'TY-MODEL-UNKNOWN': 404,
  'TY-ENDPOINT-UNKNOWN': 404,
  'TY-REVIEW-UNKNOWN': 404,
  'TY-STUDY-UNKNOWN': 404,
  'TY-PIPELINE-UNKNOWN': 404,
  'TY-NODE-UNKNOWN': 404,
  'TY-STORE-MISSING': 404,
  'TY-REVIEW-ANSWER': 409,
  'TY-DECISION': 409,
  'TY-ALIAS-MOVED': 409,
  'TY-MONITOR-UNKNOWN': 404,
  'TY-PREDICT-INPUT': 422,
  'TY-PARAM': 422,
  'TY-STORE-FULL': 507,
  'TY-STORE-DAMAGED': 500,
};

/** Problem details for HTTP APIs (RFC 9457); members beside the standard ones are those of a Trainyard error. */
export const problemSchema = z.object({
  type: z.string().describe('urn:trainyard:error: and the code, or about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(Object.keys(CATALOGUE) as [Code, ...Code[]]).optional(),
  where: z.looseObject({}).optional(),
  expected: z.string().optional(),
  actual: z.string().optional(),
  remedy: z.string().optional(),
  error: z.string().optional().describe('detail once more, for clients of the Open Inference Protocol'),
});

export type Problem = Readonly<z.output<typeof problemSchema>>;

/** HTTP status of an error: its code's own, else 400 for mistakes of the caller and 503 for what may pass. */
function statusOf(error: unknown): number {
  if (isTrainyardError(error)) return STATUS[error.code] ?? (CATALOGUE[error.code].fault === 'user' ? 400 : 503);
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

/** An error as problem details: never a stack, never the text of a fault that is ours. */
export function problemOf(thrown: unknown): Problem {
  const error = explained(thrown);
  const status = statusOf(error);
  if (isTrainyardError(error)) {
    const { code, message, where, expected, actual, remedy } = error.toRecord();
    return {
      type: `urn:trainyard:error:${code}`,
      title: CATALOGUE[code].meaning,
      status,
      detail: message,
      code,
      ...(Object.keys(where).length > 0 ? { where: { ...where } } : {}),
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { actual }),
      remedy,
    };
  }
  const known = status < 500 && error instanceof Error;
  return {
    type: 'about:blank',
    title: known ? 'The request cannot be served as it is.' : 'The server made a mistake.',
    status,
    detail: known ? cutText(error.message, MOST_SIGNS.what) : 'it was written to the log of the server',
  };
}

/** True when the request was made by a browser that wants a page: by an address, or by a form without a script. */
export function wantsPage(request: FastifyRequest): boolean {
  const byForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return (
    (request.headers.accept ?? '').includes('text/html') &&
    !request.url.startsWith('/api/') &&
    (request.method === 'GET' || request.method === 'HEAD' || byForm)
  );
}

export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = problemOf(error);
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="trainyard"');
  const seconds = secondsToWait(error);
  if (seconds !== undefined) void reply.header('retry-after', seconds);
  // Its clients look for this key alone, and fail where it is missing.
  const said = reply.request.url.startsWith('/v2/') ? { ...problem, error: problem.detail } : problem;
  return reply.code(problem.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(said));
}

/** The error for a request without a valid key. */
export function keyNeeded(what: string): TrainyardError {
  return new TrainyardError('TY-KEY', {
    what,
    expected: 'a key of .trainyard/keys.json, or a signed-in browser',
  });
}
