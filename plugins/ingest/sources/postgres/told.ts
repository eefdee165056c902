import { isTrainyardError, TransientError, UserError } from '../../../../core/index.js';
import { withoutAddress } from '../../without-address.js';

/** Faults of the connection that may pass by themselves, as Node names them. */
const PASSING = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * Classes of SQLSTATE that may pass: the connection, resources, a server that starts or stops, two transactions in each
 * other's way. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const PASSING_STATES = /^(08|53|40|57P|55P03|58)/;

/** What a session of PostgreSQL threw, for people and without anything of the address it was made with. */
export function told(cause: unknown, url: string, secret: string): Error {
  if (isTrainyardError(cause)) return cause;
  const { code = '', message = String(cause) } = cause as { code?: string; message?: string };
  const actual = withoutAddress(message || code || 'no word why', url);
  const where = { field: 'url' };
  if (code === '57014') {
    return new UserError('the query in PostgreSQL took too long', {
      actual,
      remedy: 'raise timeoutSeconds of the source, or have the query read less',
    });
  }
  if (PASSING.has(code) || PASSING_STATES.test(code) || /terminated|timeout|timed out|closed|ended/i.test(message)) {
    return new TransientError('the connection to PostgreSQL did not hold', {
      actual,
      remedy: 'look at the server; reading begins anew, and nothing of this attempt is kept',
    });
  }
  if (code.startsWith('28') || code === '3D000' || code === 'ENOTFOUND') {
    return new UserError('PostgreSQL does not let this session in', {
      where,
      expected: `an address with user, password and database in the secret ${secret}`,
      actual,
      remedy: `correct the value of the secret ${secret}`,
    });
  }
  if (/^[0-9A-Z]{5}$/.test(code)) {
    return new UserError(`PostgreSQL refuses the query (${code})`, {
      where: { field: 'query' },
      expected:
        code === '25006' ? 'a query that only reads: the session may change nothing' : 'one SELECT that runs there',
      actual,
      remedy: 'try the query in psql, then correct it here',
    });
  }
  return new UserError('the address of PostgreSQL cannot be used', {
    where,
    expected: `postgres://user:password@host:port/database in the secret ${secret}`,
    actual,
    remedy: `correct the value of the secret ${secret}`,
  });
}
