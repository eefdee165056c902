import { z } from 'zod';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { KeyRing } from './keys.js';
import { sameOrigin, SESSION_COOKIE } from './guard.js';
import { keyNeeded, sendProblem } from './problem.js';
import { signInPage } from './pages/sign-in.js';

const SESSION_MS = 30 * 86_400_000;
/** Sent by this site's own pages alone, and out of the reach of scripts. */
const OF_THIS_SITE = { path: '/', httpOnly: true, sameSite: 'strict' } as const;
const signIn = z.object({ key: z.string().min(1) });

/**
 * Signing in: a form, or a link `/sign-in#key=…&to=/runs/x` whose fragment no server and no log ever sees.
 * The session is a cookie for this site alone, out of the reach of scripts.
 */
export function sessionRoutes(app: FastifyInstance, keys: KeyRing): void {
  app.get(
    '/sign-in',
    { config: { access: 'open', api: { says: 'Signs a person in', gives: 'page' } } },
    async (request, reply) => reply.type('text/html; charset=utf-8').send(signInPage(request.keyName).text),
  );
  app.post(
    '/api/session',
    { config: { access: 'open', limit: 'signIns', api: { says: 'Trades a key for a session', body: signIn } } },
    async (request, reply) => {
      if (!fromHere(request))
        return sendProblem(reply, keyNeeded('signing in works from the page of this server only'));
      const parsed = signIn.safeParse(request.body);
      const expires = Date.now() + SESSION_MS;
      const session = parsed.success ? keys.session(parsed.data.key, expires) : undefined;
      if (session === undefined) return sendProblem(reply, keyNeeded('this is not a key of this server'));
      void reply.setCookie(SESSION_COOKIE, session, { ...OF_THIS_SITE, maxAge: SESSION_MS / 1000 });
      return { name: keys.nameOfSession(session, Date.now()) };
    },
  );
  app.delete(
    '/api/session',
    { config: { access: 'open', api: { says: 'Ends a session' } } },
    async (request, reply) => {
      if (!fromHere(request))
        return sendProblem(reply, keyNeeded('signing out works from the page of this server only'));
      void reply.setCookie(SESSION_COOKIE, '', { ...OF_THIS_SITE, maxAge: 0 });
      return { name: null };
    },
  );
}

const fromHere = (request: FastifyRequest): boolean =>
  (request.headers['sec-fetch-site'] === undefined && request.headers.origin === undefined) || sameOrigin(request);
