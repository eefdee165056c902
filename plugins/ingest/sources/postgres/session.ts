import type { SourceContext } from '../../../../activities/sources/index.js';
import { told } from './told.js';
import type { Client } from 'pg';

/** What a session needs. */
export interface SessionOptions {
  readonly url: { readonly secret: string };
  readonly timeoutSeconds: number;
}

/** Settings that decide how values look as text, and what the session may do. */
const SETTINGS = [
  "SET TimeZone = 'UTC'",
  "SET DateStyle = 'ISO, YMD'",
  "SET IntervalStyle = 'iso_8601'",
  "SET bytea_output = 'hex'",
  'SET extra_float_digits = 3',
  "SET lc_monetary = 'C'",
  "SET client_encoding = 'UTF8'",
  'SET default_transaction_read_only = on',
  "SET lock_timeout = '60s'",
  "SET idle_in_transaction_session_timeout = '600s'",
];

/** Time to connect, in milliseconds. */
const CONNECT_MS = 20_000;
/** Who waits is told this often that it goes on, ms. */
const LIVING_MS = 5_000;

/**
 * Gives `use` a session whose one transaction sees the database as it is at one moment and may change nothing. What the
 * database says against it is told without the address, its user or its password. Aborting the signal cuts the connection.
 */
export async function inSnapshot<T>(
  options: SessionOptions,
  ctx: Pick<SourceContext, 'secret' | 'signal' | 'progress'>,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  ctx.signal.throwIfAborted();
  const url = ctx.secret(options.url.secret);
  const { default: pg } = await import('pg');
  let client: Client;
  try {
    client = new pg.Client({
      connectionString: url,
      application_name: 'trainyard',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
  } catch (cause) {
    throw told(cause, url, options.url.secret);
  }
  // A connection that drops between two statements says so here; the next statement throws it.
  let dropped: Error | undefined;
  client.on('error', (error) => (dropped = error));
  const cut = (): void => void client.end().catch(() => {});
  ctx.signal.addEventListener('abort', cut, { once: true });
  // The database may think for minutes before its first row.
  const living = setInterval(() => ctx.progress(0, 'PostgreSQL is asked'), LIVING_MS);
  try {
    await client.connect();
    await client.query(SETTINGS.join('; '));
    await client.query(`SET statement_timeout = ${options.timeoutSeconds * 1000}`);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const result = await use(client);
    await client.query('COMMIT');
    return result;
  } catch (cause) {
    ctx.signal.throwIfAborted();
    throw told(dropped ?? cause, url, options.url.secret);
  } finally {
    clearInterval(living);
    ctx.signal.removeEventListener('abort', cut);
    await ended(client);
  }
}

/** Ends a session; one whose server is gone must not keep us. */
async function ended(client: Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, 2000)));
  await Promise.race([client.end().catch(() => {}), late]);
  clearTimeout(timer);
}
