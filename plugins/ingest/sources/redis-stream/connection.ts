import type { Redis } from 'ioredis';
import { isTrainyardError, TransientError, UserError } from '../../../../core/index.js';
import type { SourceContext } from '../../../../activities/sources/index.js';
import { withoutAddress } from '../../without-address.js';

/** Gives `use` a connection. What the server says against it is told without the address, its user or its password. */
export async function connected<T>(
  secret: string,
  ctx: Pick<SourceContext, 'secret' | 'signal'>,
  use: (redis: Redis) => Promise<T>,
): Promise<T> {
  ctx.signal.throwIfAborted();
  const url = ctx.secret(secret);
  if (!/^rediss?:\/\//.test(url)) throw unusable(secret, 'it does not begin with redis:// or rediss://');
  const { Redis: Client } = await import('ioredis');
  const redis = new Client(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: 20_000,
    connectionName: 'trainyard',
  });
  let dropped: Error | undefined;
  redis.on('error', (error: Error) => (dropped = error));
  const cut = (): void => redis.disconnect();
  ctx.signal.addEventListener('abort', cut, { once: true });
  try {
    await redis.connect();
    return await use(redis);
  } catch (cause) {
    ctx.signal.throwIfAborted();
    throw told(cause, dropped, url, secret);
  } finally {
    ctx.signal.removeEventListener('abort', cut);
    redis.disconnect();
  }
}

function told(cause: unknown, dropped: Error | undefined, url: string, secret: string): Error {
  if (isTrainyardError(cause)) return cause;
  const said = cause instanceof Error ? cause : new Error(String(cause));
  // "Connection is closed" says less than what closed it.
  const telling = /closed|ended/i.test(said.message) && dropped ? dropped : said;
  const actual = withoutAddress(telling.message || (telling as { code?: string }).code || String(telling), url);
  if (/^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR Client sent AUTH|ERR DB index)/.test(telling.message)) {
    return unusable(secret, actual);
  }
  if (
    /^[A-Z]+ /.test(telling.message) &&
    !/^(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|READONLY)/.test(telling.message)
  ) {
    return new UserError('Redis refuses to read the stream', { where: { field: 'stream' }, actual });
  }
  return new TransientError('the connection to Redis did not hold', {
    actual,
    remedy: 'look at the server; reading begins anew, and nothing of this attempt is kept',
  });
}

function unusable(secret: string, actual: string): UserError {
  return new UserError('the address of Redis cannot be used', {
    where: { field: 'url' },
    expected: `redis://user:password@host:port/database in the secret ${secret}, and a user who may read`,
    actual,
    remedy: `correct the value of the secret ${secret}`,
  });
}
