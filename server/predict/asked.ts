import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Endpoint } from './endpoint.js';
import type { Endpoints } from './endpoints.js';
import { requestIdOf } from './request.js';
import type { Answer } from './served-version.js';

/** What routes of predictions have in common. */

export type Named = { Params: { name: string } };
/** Bytes of a request with rows. */
export const BODY_LIMIT = 4 * 1024 * 1024;
/** Who may ask for predictions, and what counts them. */
export const ASKED = { access: 'predict', limit: 'predictions' } as const;

/** Ids of requests are this process's own, and a number. */
const SERVER = randomUUID();
let asked = 0;

/** The request's id: the caller's own, so that outcomes can name it, or a new one. */
export function idOf(request: FastifyRequest): string {
  return requestIdOf(request.headers['x-request-id']) ?? `${SERVER}-${(asked++).toString(36)}`;
}

/** Does the next step at once where there is something already. */
export function onward<T>(given: T | Promise<T>, go: (value: T) => void): void | Promise<void> {
  return given instanceof Promise ? given.then(go) : go(given);
}

export function sendJson(reply: FastifyReply, text: string): void {
  void reply.header('content-type', 'application/json; charset=utf-8').send(text);
}

/** A request as the log keeps it: a `LoggedRequest` as text. */
export function logLine(id: string, { version, traffic }: Answer, rows: string, logged: string): string {
  const arm = traffic === undefined ? '' : `"plan":${traffic.plan},"arm":"${traffic.arm}",`;
  return `{"id":"${id}","at":${Date.now()},"version":${version},${arm}"rows":${rows},${logged}}`;
}

type Handle<Route extends Named> = (
  endpoint: Endpoint,
  request: FastifyRequest<Route>,
  reply: FastifyReply,
) => void | Promise<void>;

/** A handler that is given its endpoint: without a turn of the event loop where it is known. */
export function whenKnown<Route extends Named>(endpoints: Endpoints, handle: Handle<Route>) {
  return (request: FastifyRequest<Route>, reply: FastifyReply): void | Promise<void> => {
    const { name } = request.params as Route['Params'] & { name: string };
    const known = endpoints.known(name);
    if (known) return handle(known, request, reply);
    return endpoints.get(name).then((found) => handle(found, request, reply));
  };
}
